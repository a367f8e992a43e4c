import { systemRandom } from "../../src/clock.ts";
import type { Database } from "../../src/database/database.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { Countries } from "../../src/visits/country/countries.ts";
import { LinkVisits } from "../../src/visits/reports/link-visits.ts";
import { Reports } from "../../src/visits/reports/reports.ts";
import { SingleVisits } from "../../src/visits/reports/single-visits.ts";
import { DayKeys } from "../../src/visits/visitors/day-keys.ts";
import { Visits } from "../../src/visits/visits.ts";
import { FIREFOX } from "../user-agents.ts";

/** When the visits of these tests begin. */
export const START = Date.UTC(2026, 2, 17, 12, 0, 0);

export const MEBIBYTE = 1_048_576;

export interface CountingOptions {
  readonly database: Database;
  readonly folder: string;
  readonly maxJournalBytes?: () => number;
}

/** One process's counting, as the app opens it. */
export function openVisits({
  database,
  folder,
  maxJournalBytes = () => 64 * MEBIBYTE,
}: CountingOptions): Visits {
  return new Visits({
    database,
    clock: () => START,
    steadyClock: () => 0,
    random: systemRandom,
    log: silentLog(),
    folder,
    maxJournalBytes,
    zone: () => "UTC",
    keys: new DayKeys({ database, random: systemRandom, folder: `${folder}-keys` }),
    countries: new Countries({
      settings: () => ({ isOn: false, file: "" }),
      steadyClock: () => 0,
      log: silentLog(),
    }),
    reports: new Reports({
      database,
      clock: () => START,
      zone: () => "UTC",
      retentionDays: () => 90,
    }),
    ofLinks: new LinkVisits(database),
    singles: new SingleVisits(database),
  });
}

/** A visit by a person. */
export function visitOf(linkId: number, at = START) {
  return {
    linkId,
    at,
    userAgent: FIREFOX,
    referrer: "",
    purpose: "",
    language: "",
    query: "",
    sender: { key: "", read: () => ({ address: "203.0.113.7", country: "" }) },
  };
}
