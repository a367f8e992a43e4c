import type { ShortCode } from "../links/short-code.ts";
import { type Dimension, type DimensionValue, dimensions } from "../visits/dimension.ts";
import type { ImportedVisits } from "../visits/reports/link-visits.ts";
import { visitorClasses } from "../visits/visit.ts";
import type { ArchivedVisitor } from "./archived-visitor.ts";
import type { CheckedLink } from "./checked-link.ts";
import type { CheckedArchive } from "./reading/checked-archive.ts";

/**
 * Visits of an archive; link and visitor by their places there. `at` is an hour, a quarter hour or a day, as the visitor
 * says.
 */
export type VisitsRow = readonly [place: number, at: number, visitor: number, visits: number];

export function rowsOf(page: Uint32Array): VisitsRow[] {
  return Array.from({ length: page.length / 4 }, (_, at) => {
    const [place = 0, time = 0, visitor = 0, visits = 0] = page.subarray(at * 4, at * 4 + 4);
    return [place, time, visitor, visits];
  });
}

export async function readVisitors(archive: CheckedArchive): Promise<readonly ArchivedVisitor[]> {
  return (await Array.fromAsync(archive.visitors())).flat();
}

/** The ids that restored links have now, by their places in the archive. */
export function idsByPlace(
  links: readonly CheckedLink[],
  ids: ReadonlyMap<ShortCode, number>,
): ReadonlyMap<number, number> {
  return new Map(links.map(({ place, shortCode }) => [place, ids.get(shortCode) ?? 0]));
}

const QUARTERS_AN_HOUR = 4;
const HOURS_A_DAY = 24;

/** What has no place in the list of values. */
const NOT_KEPT = -1;

/** The visits of an archive for links that have ids now. Hours count in their first quarter; their days are of UTC. */
export class ArchivedVisits {
  readonly #visitors: readonly ArchivedVisitor[];
  /** All quarter hours and days that were noted. */
  readonly times = { quarters: new Set<number>(), days: new Set<number>() };

  constructor(visitors: readonly ArchivedVisitor[]) {
    this.#visitors = visitors;
  }

  /** Notes the times of rows, also of those that are not asked for. */
  note(rows: readonly VisitsRow[]): void {
    for (const [, at, index] of rows) {
      const countedBy = this.#visitors[index]?.countedBy;
      if (countedBy === undefined) {
        this.times.quarters.add(at * QUARTERS_AN_HOUR);
        this.times.days.add(Math.floor(at / HOURS_A_DAY));
      } else this.times[countedBy === "quarter" ? "quarters" : "days"].add(at);
    }
  }

  /**
   * @param idOf ids of links by their places; other links are left out
   * @param totals links whose totals are added, too
   */
  of(
    rows: readonly VisitsRow[],
    idOf: ReadonlyMap<number, number>,
    totals: readonly CheckedLink[],
  ): ImportedVisits {
    const tables = new Tables();
    for (const [place, at, index, visits] of rows) {
      const [linkId, visitor] = [idOf.get(place), this.#visitors[index]];
      if (linkId !== undefined && visitor !== undefined) tables.add(linkId, at, visitor, visits);
    }
    return {
      ...tables.columns(),
      totals: totals.flatMap(({ place, visits, lastVisitAt }) => {
        const linkId = idOf.get(place);
        return lastVisitAt === null || linkId === undefined
          ? []
          : [{ linkId, visits, lastVisitAt }];
      }),
    };
  }
}

/** Rows of the tables of quarter hours and days. */
class Tables {
  readonly #quarters: (readonly number[])[] = [];
  readonly #days: (readonly number[])[] = [];
  readonly #values: DimensionValue[] = [];
  readonly #places = new Map<string, number>();

  add(linkId: number, at: number, visitor: ArchivedVisitor, visits: number): void {
    const { countedBy, value = null } = visitor;
    const classPlace = visitorClasses.indexOf(visitor.class);
    if (countedBy === "quarter") this.#quarters.push([linkId, at, classPlace, visits]);
    else if (countedBy !== undefined) this.#addDay(linkId, at, [countedBy, value], visits);
    else {
      this.#quarters.push([linkId, at * QUARTERS_AN_HOUR, classPlace, visits]);
      if (visitor.class !== "human") return;
      const day = Math.floor(at / HOURS_A_DAY);
      this.#addDay(linkId, day, ["referrer", visitor.referrerHost], visits);
      this.#addDay(linkId, day, ["browser", visitor.browser], visits);
      this.#addDay(linkId, day, ["system", visitor.system], visits);
    }
  }

  columns(): Omit<ImportedVisits, "totals"> {
    const [quarters, days] = [this.#quarters, this.#days];
    return {
      quarters: {
        linkIds: column(quarters, 0),
        quarters: column(quarters, 1),
        classes: column(quarters, 2),
        visits: column(quarters, 3),
      },
      values: this.#values,
      days: {
        linkIds: column(days, 0),
        days: column(days, 1),
        dimensions: column(days, 2),
        places: column(days, 3),
        visits: column(days, 4),
      },
    };
  }

  #addDay(
    linkId: number,
    day: number,
    [dimension, text]: readonly [Dimension, string | null],
    visits: number,
  ): void {
    const place = text === null ? NOT_KEPT : this.#placeOf(dimension, text);
    this.#days.push([linkId, day, dimensions[dimension], place, visits]);
  }

  #placeOf(dimension: Dimension, text: string): number {
    const key = `${dimension} ${text}`;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = this.#values.push({ dimension, text }) - 1;
    this.#places.set(key, place);
    return place;
  }
}

function column(rows: readonly (readonly number[])[], at: number): Float64Array {
  return Float64Array.from(rows, (row) => row[at] ?? 0);
}
