import { refused } from "../archive/archive.ts";
import { type HoursLine, parseHours, VISITS } from "../archive/manifest.ts";
import { verified } from "../archive/verify-entry.ts";
import type { ShortCode } from "../links/short-code.ts";
import type { ImportedVisits } from "../visits/reports/link-hours.ts";
import type { RestorePlan } from "./restore-plan.ts";
import { text } from "./text.en.ts";

/** Most hours of an archive: each takes 32 bytes in memory. */
const MAX_HOURS = 10_000_000;

const HOUR_MS = 3_600_000;

/** The visits of an archive, read before the transaction that writes them. */
export class ArchivedHours {
  readonly #plan: RestorePlan;
  readonly #places: ReadonlyMap<string, number>;
  readonly #linkPlaces: number[] = [];
  readonly #hours: number[] = [];
  readonly #visitorPlaces: number[] = [];
  readonly #visits: number[] = [];

  private constructor(plan: RestorePlan) {
    this.#plan = plan;
    this.#places = new Map(plan.links.map(({ shortCode }, place) => [shortCode, place]));
  }

  /** @throws Problem `invalid` on `backup_file` */
  static async read(plan: RestorePlan): Promise<ArchivedHours> {
    const hours = new ArchivedHours(plan);
    const { archive, contents } = plan;
    if (!contents.entries.has(VISITS)) return hours;
    for await (const line of linesOf(verified(archive, contents, VISITS))) {
      hours.#add(parseHours(line));
    }
    return hours;
  }

  /** The visits for links that have these ids now. */
  forLinks(ids: ReadonlyMap<ShortCode, number>): ImportedVisits {
    const { links, contents } = this.#plan;
    const linkIds = links.map(({ shortCode }) => ids.get(shortCode) ?? 0);
    return {
      visitors: contents.visitors.map(({ referrer_host: referrerHost, ...visitor }) => ({
        ...visitor,
        referrerHost,
      })),
      hours: {
        linkIds: Float64Array.from(this.#linkPlaces, (place) => linkIds[place] ?? 0),
        hours: Float64Array.from(this.#hours),
        places: Float64Array.from(this.#visitorPlaces),
        visits: Float64Array.from(this.#visits),
      },
      totals: this.#totals().map(({ place, ...total }) => ({
        linkId: linkIds[place] ?? 0,
        ...total,
      })),
    };
  }

  /** Visits by people. Totals in older archives include bots, so they count for links without hours only. */
  #totals(): { readonly place: number; readonly visits: number; readonly lastVisitAt: number }[] {
    const { links, contents } = this.#plan;
    const people = new Map<number, { visits: number; lastHour: number }>();
    for (const [at, place] of this.#linkPlaces.entries()) {
      const total = people.get(place) ?? { visits: 0, lastHour: 0 };
      people.set(place, total);
      if (contents.visitors[this.#visitorPlaces[at] ?? 0]?.class !== "human") continue;
      total.visits += this.#visits[at] ?? 0;
      total.lastHour = Math.max(total.lastHour, this.#hours[at] ?? 0);
    }
    return links.flatMap(({ visits, lastVisitAt }, place) => {
      const total = people.get(place);
      if (total === undefined) return lastVisitAt === null ? [] : [{ place, visits, lastVisitAt }];
      const isExact = Math.floor((lastVisitAt ?? 0) / HOUR_MS) === total.lastHour;
      const last = isExact ? (lastVisitAt ?? 0) : total.lastHour * HOUR_MS;
      return total.visits === 0 ? [] : [{ place, visits: total.visits, lastVisitAt: last }];
    });
  }

  #add({ short_code: code, hours }: HoursLine): void {
    const linkPlace = this.#places.get(code);
    if (linkPlace === undefined) return;
    for (const [hour, visitor, visits] of hours) {
      if (visitor >= this.#plan.contents.visitors.length) {
        throw refused(text.archive.unknownVisitor(VISITS));
      }
      this.#linkPlaces.push(linkPlace);
      this.#hours.push(hour);
      this.#visitorPlaces.push(visitor);
      this.#visits.push(visits);
    }
    if (this.#hours.length > MAX_HOURS) throw refused(text.archive.tooManyHours);
  }
}

/** Longest line: no archive of ours has longer ones. */
const MAX_LINE_BYTES = 16_777_216;

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE_BYTES) throw refused(text.archive.noLines(VISITS));
    yield* lines;
  }
  if (rest !== "") yield rest;
}
