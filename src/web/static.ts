import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Handler } from "../http/call.ts";
import { securityHeaders } from "../http/response.ts";
import { href } from "../http/urls.ts";
import { Problem } from "../problem.ts";
import { type AssetName, assetFiles } from "./assets/files.ts";

const types = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
} as const;

type Extension = keyof typeof types;
type Bytes = Uint8Array<ArrayBuffer>;

const gzipInThread = promisify(gzip);

/** One file that our pages load: read when first needed, then kept, also compressed. */
class Asset {
  readonly type: string;
  readonly #stem: string;
  readonly #extension: string;
  readonly #file: string;
  #bytes: Bytes | undefined;
  #hashedName: string | undefined;
  #gzipped: Promise<Bytes> | undefined;

  constructor(name: string, file: string) {
    const [stem = "", extension = ""] = name.split(".");
    this.type = types[extension as Extension];
    this.#stem = stem;
    this.#extension = extension;
    this.#file = file;
  }

  get bytes(): Bytes {
    this.#bytes ??= Buffer.from(withoutForeignFonts(readFileSync(this.#file, "utf8")));
    return this.#bytes;
  }

  /** `darkly.3f9c2a7b1d.css`: new bytes have a new name, so a browser may keep what it has for ever. */
  get hashedName(): string {
    this.#hashedName ??= `${this.#stem}.${hashOf(this.bytes)}.${this.#extension}`;
    return this.#hashedName;
  }

  gzipped(): Promise<Bytes> {
    this.#gzipped ??= gzipInThread(this.bytes, { level: 9 });
    return this.#gzipped;
  }
}

const assets: ReadonlyMap<string, Asset> = new Map(
  Object.entries(assetFiles).map(([name, file]) => [name, new Asset(name, file)]),
);

/** Themes ask another host for their fonts; our pages load nothing from elsewhere. */
function withoutForeignFonts(css: string): string {
  return css.replace(/@import url\(https?:[^)]*\);/g, "");
}

function hashOf(bytes: Bytes): string {
  return new Bun.CryptoHasher("sha256").update(bytes).digest("hex").slice(0, 10);
}

/** The address of a file that our pages load. */
export function assetHref(name: AssetName): string {
  return href("asset", { path: assets.get(name)?.hashedName ?? name });
}

/** GET /static/*: a known name with the right hash, or `not_found`. */
export const asset: Handler = async ({ request, params, client, settings }) => {
  const found = findAsset(params.path ?? "");
  const zipped = acceptsGzip(request);
  const headers = new Headers(securityHeaders("static", { isHttps: client.isHttps, settings }));
  headers.set("content-type", found.type);
  headers.set("cache-control", "public, max-age=31536000, immutable");
  headers.set("vary", "accept-encoding");
  if (zipped) headers.set("content-encoding", "gzip");
  return new Response(zipped ? await found.gzipped() : found.bytes, { headers });
};

function findAsset(hashedName: string): Asset {
  const found = assets.get(hashedName.replace(/\.[^.]*\./, "."));
  if (found?.hashedName === hashedName) return found;
  throw new Problem("not_found", "There is no such file.");
}

function acceptsGzip(request: Request): boolean {
  const codings = request.headers.get("accept-encoding") ?? "";
  return codings
    .split(",")
    .some((coding) => /^\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(coding));
}
