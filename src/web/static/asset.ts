import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { isTheme, type Theme, themeNames } from "../../config/values/themes.ts";
import type { Handler } from "../../http/call.ts";
import { PrecompressedBytes } from "../../http/response/precompressed.ts";
import { FOR_EVER, siteFile } from "../../http/response/site-file.ts";
import { href } from "../../http/urls.ts";
import { Problem } from "../../problem.ts";
import { cardLabels } from "../links/list/card-labels.ts";
import { type AssetFile, assetFiles } from "./assets/asset-files.ts";
import { iconSprite } from "./assets/icons.ts";
import { text } from "./text.en.ts";
import { themeSheet } from "./themes/theme-sheet.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** The name of a file that our pages load. */
export type AssetName = AssetFile | JoinedSheet | "icons.svg";

/** All styles that pages of ours and documents have in common in a theme. */
type JoinedSheet = `${Theme}-${keyof typeof joined}.css`;

/** What follows the theme's own sheet. */
const joined = {
  page: ["frame.css", "site.css"],
  document: ["site.css", "document.css"],
} as const satisfies Record<string, readonly AssetFile[]>;

/** A part of a file's name that changes with its bytes. */
export function hashOf(bytes: Bytes): string {
  return new Bun.CryptoHasher("sha256").update(bytes).digest("hex").slice(0, 10);
}

const types = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  png: "image/png",
  woff2: "font/woff2",
} as const;

/** A file that our pages load, read or made when first needed. */
export class Asset {
  readonly type: string;
  readonly #stem: string;
  readonly #extension: string;
  readonly #make: () => Bytes;
  #bytes: PrecompressedBytes | undefined;
  #hash: string | undefined;
  #href: string | undefined;

  constructor(name: string, make: () => Bytes) {
    [this.#stem = "", this.#extension = ""] = name.split(".");
    this.type = types[this.#extension as keyof typeof types];
    this.#make = make;
  }

  get bytes(): PrecompressedBytes {
    this.#bytes ??= new PrecompressedBytes(this.#make(), this.type);
    return this.#bytes;
  }

  get hash(): string {
    this.#hash ??= hashOf(this.bytes.plain);
    return this.#hash;
  }

  /** `darkly.3f9c2a7b1d.css`: new bytes have a new name, so a browser may keep what it has for ever. */
  get hashedName(): string {
    return `${this.#stem}.${this.hash}.${this.#extension}`;
  }

  /** Its address. */
  get href(): string {
    this.#href ??= href("asset", { path: this.hashedName });
    return this.#href;
  }
}

const makers: Readonly<Record<string, () => Bytes>> = {
  ...Object.fromEntries(
    Object.entries(assetFiles).map(([name, file]) => [name, () => readAsset(name, file)]),
  ),
  ...Object.fromEntries(themeNames.flatMap(joinedSheets)),
  "icons.svg": () => Buffer.from(iconSprite()),
};

function joinedSheets(theme: Theme): [JoinedSheet, () => Bytes][] {
  const kinds = Object.entries(joined) as [keyof typeof joined, readonly AssetFile[]][];
  return kinds.map(([kind, sheets]) => [
    `${theme}-${kind}.css`,
    () =>
      Buffer.concat([`${theme}.css` as const, ...sheets].map((name) => assetOf(name).bytes.plain)),
  ]);
}

function readAsset(name: string, file: string): Bytes {
  // In a bundle, the path is relative to it.
  const bytes = readFileSync(resolve(import.meta.dir, file));
  if (name === "site.css") return Buffer.concat([bytes, Buffer.from(cardLabels())]);
  const theme = name.replace(/\.css$/, "");
  return isTheme(theme) ? Buffer.from(themeSheet(theme, bytes.toString(), hashedNameOf)) : bytes;
}

const assets: ReadonlyMap<string, Asset> = new Map(
  Object.entries(makers).map(([name, make]) => [name, new Asset(name, make)]),
);

/** Every file that our pages load. */
export function everyAsset(): Asset[] {
  return [...assets.values()];
}

function hashedNameOf(name: AssetName): string {
  return assetOf(name).hashedName;
}

/** A file that our pages load. */
export function assetOf(name: AssetName): Asset {
  const found = assets.get(name);
  if (found === undefined) throw new Error(`There is no asset ${name}.`);
  return found;
}

/** The address of a file that our pages load. */
export function assetHref(name: AssetName): string {
  return assetOf(name).href;
}

/** `GET /static/*`: a known name with the right hash, or `not_found`. */
export const asset: Handler = (call) =>
  siteFile(findAsset(call.params.path ?? ""), { call, cacheControl: FOR_EVER });

function findAsset(hashedName: string): Asset {
  const found = assets.get(hashedName.replace(/\.[^.]*\./, "."));
  if (found?.hashedName === hashedName) return found;
  throw new Problem("not_found", text.notFound);
}
