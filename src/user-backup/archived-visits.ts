import type { ImportedVisits } from "../visits/reports/link-hours.ts";
import type { Visitor } from "../visits/visit.ts";
import type { CheckedLink } from "./checked-link.ts";
import type { CheckedArchive } from "./reading/checked-archive.ts";

/** Visits of an archive in one hour; link and visitor by their places there. */
export type HourRow = readonly [place: number, hour: number, visitor: number, visits: number];

export function rowsOf(page: Uint32Array): HourRow[] {
  return Array.from({ length: page.length / 4 }, (_, at) => {
    const [place = 0, hour = 0, visitor = 0, visits = 0] = page.subarray(at * 4, at * 4 + 4);
    return [place, hour, visitor, visits];
  });
}

export async function readVisitors(archive: CheckedArchive): Promise<readonly Visitor[]> {
  return (await Array.fromAsync(archive.visitors())).flat();
}

/** The visits of an archive for links that have ids now. */
export class ArchivedVisits {
  readonly #visitors: readonly Visitor[];

  constructor(visitors: readonly Visitor[]) {
    this.#visitors = visitors;
  }

  /**
   * @param idOf ids of links by their places; other links are left out
   * @param totals links whose totals are added, too
   */
  of(
    rows: readonly HourRow[],
    idOf: ReadonlyMap<number, number>,
    totals: readonly CheckedLink[],
  ): ImportedVisits {
    const own = rows.filter(([place]) => idOf.has(place));
    const places = new Map<number, number>();
    for (const [, , visitor] of own) if (!places.has(visitor)) places.set(visitor, places.size);
    return {
      visitors: [...places.keys()].flatMap((place) => this.#visitors[place] ?? []),
      hours: {
        linkIds: Float64Array.from(own, ([place]) => idOf.get(place) ?? 0),
        hours: Float64Array.from(own, ([, hour]) => hour),
        places: Float64Array.from(own, ([, , visitor]) => places.get(visitor) ?? 0),
        visits: Float64Array.from(own, ([, , , visits]) => visits),
      },
      totals: totals.flatMap(({ place, visits, lastVisitAt }) => {
        const linkId = idOf.get(place);
        return lastVisitAt === null || linkId === undefined
          ? []
          : [{ linkId, visits, lastVisitAt }];
      }),
    };
  }
}
