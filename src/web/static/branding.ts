import { readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import type { App } from "../../app.ts";
import type { Handler } from "../../http/call.ts";
import { onePerApp } from "../../http/one-per-app.ts";
import { PrecompressedBytes } from "../../http/response/precompressed.ts";
import { FOR_EVER, type SiteFile, siteFile } from "../../http/response/site-file.ts";
import { href } from "../../http/urls.ts";
import { Problem } from "../../problem.ts";
import { assetHref, assetOf, hashOf } from "./asset.ts";
import { text } from "./text.en.ts";

/** Files that an operator may put into `branding/` in the data folder; of several names, the first one found counts. */
const parts = {
  logo: ["logo.svg", "logo.png"],
  icon: ["favicon.svg", "favicon.ico", "favicon.png"],
  styles: ["custom.css"],
} as const;

export type BrandPart = keyof typeof parts;

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".ico": "image/x-icon",
  ".png": "image/png",
  ".svg": "image/svg+xml",
};

export interface BrandFile extends SiteFile {
  readonly hashedName: string;
  /** Changes with the file on disk. */
  readonly stamp: string;
}

type Brand = Readonly<Record<BrandPart, BrandFile | null>>;

/** Time after which the folder is checked again. */
const LOOK_MS = 1000;

/** Larger files are ignored, since they are read on the serving thread. */
const MOST_BYTES = 2_000_000;

/** Files of the folder, checked when a page is shown, at most once a second. */
class Branding {
  readonly #app: App;
  #brand: Brand = { logo: null, icon: null, styles: null };
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(app: App) {
    this.#app = app;
  }

  get current(): Brand {
    if (Math.abs(this.#app.clock() - this.#lookedAt) >= LOOK_MS) this.look();
    return this.#brand;
  }

  look(): Brand {
    this.#lookedAt = this.#app.clock();
    this.#brand = {
      logo: this.#find("logo"),
      icon: this.#find("icon"),
      styles: this.#find("styles"),
    };
    return this.#brand;
  }

  #find(part: BrandPart): BrandFile | null {
    for (const name of parts[part]) {
      const file = this.#read(name, this.#brand[part]);
      if (file !== null) return file;
    }
    return null;
  }

  #read(name: string, known: BrandFile | null): BrandFile | null {
    const path = join(this.#app.live.dataFolder, "branding", name);
    try {
      const found = statSync(path, { throwIfNoEntry: false });
      if (!found?.isFile() || found.size > MOST_BYTES) return null;
      const stamp = `${name} ${found.ino} ${found.mtimeMs} ${found.size}`;
      return known?.stamp === stamp ? known : readBrandFile(path, stamp);
    } catch (error) {
      this.#app.log.warn({ err: error, path }, "A file of the site's branding cannot be read.");
      return null;
    }
  }
}

function readBrandFile(path: string, stamp: string): BrandFile {
  const bytes = readFileSync(path);
  const extension = extname(path);
  const type = types[extension] ?? "";
  const hash = hashOf(bytes);
  return {
    type,
    hash,
    bytes: new PrecompressedBytes(bytes, type),
    hashedName: hash + extension,
    stamp,
  };
}

const brandingOf = onePerApp((app) => new Branding(app));

/** The operator's own files; null where there is none. */
export function brandOf(app: App): Brand {
  return brandingOf(app).current;
}

/** The address of a file of the brand. */
export function brandHref({ hashedName }: BrandFile): string {
  return href("brand", { file: hashedName });
}

/** What pages name as the site's icon: the operator's, else ours. */
export function siteIcon(app: App): { readonly href: string; readonly type: string } {
  const { icon } = brandOf(app);
  return icon === null
    ? { href: assetHref("icon.svg"), type: "image/svg+xml" }
    : { href: brandHref(icon), type: icon.type };
}

/** `GET /static/branding/:file`: also a file that so far only another worker has read. */
export const brand: Handler = (call) => {
  const { file = "" } = call.params;
  const found = findIn(brandOf(call.app), file) ?? findIn(brandingOf(call.app).look(), file);
  if (found === undefined) throw new Problem("not_found", text.notFound);
  return siteFile(found, { call, cacheControl: FOR_EVER });
};

function findIn(brand: Brand, hashedName: string): BrandFile | undefined {
  return Object.values(brand).find((file) => file?.hashedName === hashedName) ?? undefined;
}

/** `GET /favicon.ico`: the site's icon, whatever its format. */
export const favicon: Handler = (call) => {
  const icon = brandOf(call.app).icon ?? assetOf("icon.svg");
  return siteFile(icon, { call, cacheControl: "public, max-age=3600" });
};
