import { readFile, stat } from "node:fs/promises";
import type { Clock } from "../../clock.ts";
import type { Logger } from "../../telemetry/log.ts";
import { BundledCountries } from "./bundled-countries.ts";

/** How often the file is looked at. */
const LOOK_MS = 60_000;

export interface CountrySettings {
  readonly isOn: boolean;
  /** Path of a MaxMind database, or "". */
  readonly file: string;
}

export interface CountriesParts {
  readonly settings: () => CountrySettings;
  readonly steadyClock: Clock;
  readonly log: Logger;
}

/** Where countries of addresses are from. */
type Source = (address: string) => string;

/** The countries of network addresses: from the operator's file, and what it does not know from the bundled table. */
export class Countries {
  readonly #parts: CountriesParts;
  #bundled: BundledCountries | null = null;
  #isLoaded = false;
  #fromFile: Source | null = null;
  /** The file that was read, or could not be, and when it was last looked at. */
  #file = { version: "", path: "", lookedAt: 0 };

  constructor(parts: CountriesParts) {
    this.#parts = parts;
  }

  /** Loads what the settings say, as far as it has changed. Never rejects. */
  async refresh(): Promise<void> {
    const { isOn, file } = this.#parts.settings();
    if (!isOn) {
      this.#bundled = null;
      this.#isLoaded = false;
      this.#fromFile = null;
      this.#file = { version: "", path: "", lookedAt: 0 };
      return;
    }
    await this.#loadBundled();
    await this.#refreshFile(file);
  }

  /** Two letters, or "" where the country is not known. */
  of(address: string): string {
    return this.#fromFile?.(address) || (this.#bundled?.of(address) ?? "");
  }

  async #loadBundled(): Promise<void> {
    if (this.#isLoaded) return;
    this.#isLoaded = true;
    try {
      this.#bundled = await BundledCountries.load();
    } catch (err) {
      this.#parts.log.warn({ err }, "Bundled table of countries cannot be read");
    }
  }

  async #refreshFile(path: string): Promise<void> {
    const now = this.#parts.steadyClock();
    if (path === this.#file.path && now - this.#file.lookedAt < LOOK_MS) return;
    const version = path === "" ? "" : await versionOf(path);
    const isSame = path === this.#file.path && version === this.#file.version;
    this.#file = { path, version, lookedAt: now };
    if (isSame) return;
    this.#fromFile = null;
    if (path === "") return;
    try {
      this.#fromFile = await openFile(path);
    } catch (err) {
      this.#parts.log.warn({ err, path }, "Country database cannot be read, using the bundled one");
    }
  }
}

async function versionOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return "";
  }
}

interface CountryRecord {
  readonly country?: { readonly iso_code?: unknown };
  readonly registered_country?: { readonly iso_code?: unknown };
  /** As in the files of db-ip.com, ipinfo.io and the like. */
  readonly country_code?: unknown;
}

async function openFile(path: string): Promise<Source> {
  const { Reader } = await import("mmdb-lib");
  const reader = new Reader(await readFile(path));
  return (address) => {
    try {
      const found = reader.get(address) as CountryRecord | null;
      const code =
        found?.country?.iso_code ?? found?.registered_country?.iso_code ?? found?.country_code;
      return countryCode(String(code ?? ""));
    } catch {
      return "";
    }
  };
}

/** Two letters in upper case, or "" for what is no country. */
export function countryCode(text: string): string {
  const code = text.trim().toUpperCase();
  return /^[A-Z]{2}$/.test(code) && code !== "XX" ? code : "";
}
