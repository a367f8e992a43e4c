import { defaultSettings, type Settings } from "../../src/config/settings.ts";
import type { Client } from "../../src/http/call.ts";

/** The default settings with some changed; a new object each time, as a reload gives one. */
export function settingsWith(changes: Partial<Settings> = {}): Settings {
  return { ...defaultSettings, ...changes };
}

export const plainClient: Client = {
  address: "203.0.113.9",
  isHttps: false,
  isProxied: false,
  origin: "http://x.example",
};

export const secureClient: Client = { ...plainClient, isHttps: true, origin: "https://x.example" };
