import { setImmediate } from "node:timers/promises";
import { networkOf } from "../../os/ip-network.ts";
import type { Countries } from "../country/countries.ts";
import { fillIn, type OpenRecord, type RecordDetails } from "../journal/visit-record.ts";
import { dayOf, quarterOf } from "../quarter.ts";
import type { UnreadSender, Visit } from "../visit.ts";
import type { DayKeys } from "./day-keys.ts";

/** How long the details of a visit may be open, in milliseconds. */
const WAIT_MS = 100;

/** Visits that are identified at once, in less than a millisecond: then requests are answered. */
const AT_ONCE = 200;

/** Open visits; those beyond are counted without country and visitor. */
const MOST_OPEN = 20_000;

/** Characters of a User-Agent header that tell visitors apart. */
const MAX_AGENT = 512;

/** A recorded visit whose details are open. Its network address is only here, in memory, and for a moment. */
interface OpenVisit {
  readonly record: OpenRecord;
  readonly at: number;
  readonly userAgent: string;
  readonly sender: UnreadSender;
}

export interface IdentificationParts {
  readonly keys: DayKeys;
  readonly countries: Countries;
  /** IANA name of the time zone of the site's days. */
  readonly zone: () => string;
}

/** Finds out the country and the visitor of recorded visits, after their requests were answered. */
export class Identification {
  readonly #parts: IdentificationParts;
  #open: OpenVisit[] = [];
  #timer: Timer | null = null;
  #running: Promise<void> = Promise.resolve();
  /** Days by quarter hours, of one zone. */
  readonly #days = new Map<number, number>();
  #zone = "";

  constructor(parts: IdentificationParts) {
    this.#parts = parts;
  }

  /** Takes a visit whose details are to be filled in; never waits and never throws. */
  readonly take = (record: OpenRecord, { at, userAgent, sender }: Visit): void => {
    if (sender === undefined || this.#open.length >= MOST_OPEN) {
      fillIn(record);
      return;
    }
    this.#open.push({ record, at, userAgent, sender });
    this.#timer ??= setTimeout(() => this.finish(), WAIT_MS).unref();
  };

  /** Fills in all that is open. Never rejects. */
  finish(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#running = this.#running.then(() => this.#fill());
    return this.#running;
  }

  async #fill(): Promise<void> {
    const { keys, countries } = this.#parts;
    while (this.#open.length > 0) {
      let [latest, day] = [0, -1];
      let found: Senders | null = null;
      const visits = this.#open;
      this.#open = [];
      await countries.refresh();
      let filled = 0;
      for (const visit of visits) {
        if (filled++ % AT_ONCE === AT_ONCE - 1) await setImmediate();
        const today = this.#dayAt(visit.at);
        if (found === null || today !== day)
          found = new Senders(keys.known(today) ?? (await keys.of(today)), countries);
        day = today;
        found.fillIn(visit);
        latest = Math.max(latest, day);
      }
      // Visits are in the order of time, but for those of this moment.
      keys.forgetBefore(latest);
    }
  }

  #dayAt(at: number): number {
    const zone = this.#parts.zone();
    if (zone !== this.#zone || this.#days.size > 1000) this.#days.clear();
    this.#zone = zone;
    const quarter = quarterOf(at);
    const known = this.#days.get(quarter);
    if (known !== undefined) return known;
    const day = dayOf(at, zone);
    this.#days.set(quarter, day);
    return day;
  }
}

/** The senders of visits of one day that were open at the same time: each is found out once, and then forgotten. */
class Senders {
  readonly #key: Uint8Array;
  readonly #countries: Countries;
  /** By User-Agent header and key. */
  readonly #known = new Map<string, Map<string, RecordDetails>>();

  constructor(key: Uint8Array, countries: Countries) {
    this.#key = key;
    this.#countries = countries;
  }

  /** What goes wrong with one visit must not hold up the others, which are read after it. */
  fillIn({ record, userAgent, sender }: OpenVisit): void {
    try {
      fillIn(record, this.#detailsOf(userAgent, sender));
    } catch {
      fillIn(record);
    }
  }

  #detailsOf(userAgent: string, sender: UnreadSender): RecordDetails {
    let withAgent = this.#known.get(userAgent);
    if (withAgent === undefined) {
      withAgent = new Map();
      this.#known.set(userAgent, withAgent);
    }
    const { key } = sender;
    const known = withAgent.get(key);
    if (known !== undefined) return known;
    const { address, country } = sender.read();
    const details = {
      visitor: hashOf(this.#key, address, userAgent),
      country: country || this.#countries.of(address),
    };
    withAgent.set(key, details);
    return details;
  }
}

/** 48 bits for a visitor on a day, never 0. Of an IPv6 address, the /64 counts: devices change the rest by themselves. */
function hashOf(key: Uint8Array, address: string, userAgent: string): number {
  const hash = new Bun.CryptoHasher("sha256", key)
    .update(address.includes(":") ? networkOf(address) : address)
    .update("\n")
    .update(userAgent.length > MAX_AGENT ? userAgent.slice(0, MAX_AGENT) : userAgent)
    .digest();
  return hash.readUIntLE(0, 6) || 1;
}
