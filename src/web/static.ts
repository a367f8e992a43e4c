import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { isTheme } from "../config/themes.ts";
import type { Handler } from "../http/call.ts";
import { type Coding, chooseCoding } from "../http/coding.ts";
import { FOR_EVER, siteFile } from "../http/response.ts";
import { href } from "../http/urls.ts";
import { Problem } from "../problem.ts";
import { type AssetName, assetFiles } from "./assets/files.ts";
import { themeSheet } from "./assets/themesheet.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A part of a file's name that changes with its bytes. */
export function hashOf(bytes: Bytes): string {
  return new Bun.CryptoHasher("sha256").update(bytes).digest("hex").slice(0, 10);
}

const types = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  woff2: "font/woff2",
} as const;

/** Compressing the largest theme takes a thread 20 ms at this quality, and 500 ms for a fifth less at the highest. */
const BROTLI_QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } };

const compressors: Readonly<Record<Coding, (bytes: Bytes) => Promise<Bytes>>> = {
  br: (bytes) => promisify(brotliCompress)(bytes, BROTLI_QUALITY),
  gzip: promisify(gzip),
};

/** One file that our pages load: read when first needed, then kept, also compressed. */
class Asset {
  readonly type: string;
  /** A font is compressed already. */
  readonly codings: readonly Coding[];
  readonly #stem: string;
  readonly #extension: string;
  readonly #file: string;
  #bytes: Bytes | undefined;
  #hashedName: string | undefined;
  readonly #compressed = new Map<Coding, Promise<Bytes>>();

  constructor(name: string, file: string) {
    [this.#stem = "", this.#extension = ""] = name.split(".");
    this.type = types[this.#extension as keyof typeof types];
    this.codings = this.#extension === "woff2" ? [] : ["br", "gzip"];
    this.#file = file;
  }

  get bytes(): Bytes {
    this.#bytes ??= this.#read();
    return this.#bytes;
  }

  #read(): Bytes {
    const bytes = readFileSync(this.#file);
    if (this.#extension !== "css" || !isTheme(this.#stem)) return bytes;
    return Buffer.from(themeSheet(this.#stem, bytes.toString(), hashedNameOf));
  }

  /** `darkly.3f9c2a7b1d.css`: new bytes have a new name, so a browser may keep what it has for ever. */
  get hashedName(): string {
    this.#hashedName ??= `${this.#stem}.${hashOf(this.bytes)}.${this.#extension}`;
    return this.#hashedName;
  }

  compressed(coding: Coding): Promise<Bytes> {
    const known = this.#compressed.get(coding);
    if (known !== undefined) return known;
    const fresh = compressors[coding](this.bytes);
    this.#compressed.set(coding, fresh);
    return fresh;
  }
}

const assets: ReadonlyMap<string, Asset> = new Map(
  Object.entries(assetFiles).map(([name, file]) => [name, new Asset(name, file)]),
);

function hashedNameOf(name: AssetName): string {
  return assets.get(name)?.hashedName ?? name;
}

/** The bytes of a file that our pages load. */
export function assetBytes(name: AssetName): Bytes {
  return findAsset(hashedNameOf(name)).bytes;
}

/** The address of a file that our pages load. */
export function assetHref(name: AssetName): string {
  return href("asset", { path: hashedNameOf(name) });
}

/** GET /static/*: a known name with the right hash, or `not_found`. */
export const asset: Handler = async (call) => {
  const found = findAsset(call.params.path ?? "");
  const coding = chooseCoding(call.request, found.codings);
  const bytes = coding === null ? found.bytes : await found.compressed(coding);
  return siteFile(bytes, { call, type: found.type, cacheControl: FOR_EVER, coding });
};

function findAsset(hashedName: string): Asset {
  const found = assets.get(hashedName.replace(/\.[^.]*\./, "."));
  if (found?.hashedName === hashedName) return found;
  throw new Problem("not_found", "There is no such file.");
}
