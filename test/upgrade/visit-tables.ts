/**
 * The tables of visits as 725086e had them, and as 0020 has made them since: hours of each kind of visitor are quarter
 * hours of a class, and for people days of each referrer, browser and system. Days are compared in UTC.
 */
import { sql } from "kysely";

type Value = string | number | null;

interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
}

type Tables = Readonly<Record<string, Table>>;

const dimensions = ["referrer", "browser", "system"] as const;

const classOf = sql`case class when 0 then 'human' when 1 then 'bot' when 2 then 'preview'
  else 'prefetch' end`;
const hours = sql`quarter / 4 as hour, ${classOf} as class, cast(sum(visits) as bigint) as visits`;
const time = sql`id / 16777216 * 900000 + ms`;
const dimensionName = sql`case link_day.dimension when 1 then 'referrer' when 2 then 'browser'
  when 3 then 'system' end`;

function nameOf(dimension: string) {
  return sql`(select value from visit_value where id = ${sql.ref(dimension)}) as ${sql.ref(dimension)}`;
}

/** How today's tables are read as `asHoursAndDays` makes the recorded ones. */
export const visitQueries = {
  visit: sql`select link_id, ${time} as at, ${classOf} as class, ${sql.join(dimensions.map(nameOf))}
    from visit`,
  visit_hour: sql`select link_id, ${hours} from link_quarter group by 1, 2, 3`,
  owner_hour: sql`select owner_id, ${hours} from owner_quarter group by 1, 2, 3`,
  visitor: sql`select link_id, day, ${dimensionName} as dimension, value, visits
    from (select link_id, day, dimension, value_id, visits from link_day
      where dimension <= 3) as link_day
    join (select id, value from visit_value) as visit_value on id = value_id`,
  // Totals count people only since 0017: those of all visitors are in the quarter hours and the single visits.
  link_total: sql`select link_id, cast(sum(visits) as bigint) as visits, coalesce(
      (select max(${time}) from visit where visit.link_id = link_quarter.link_id),
      (select last_visit_at from link_total where link_total.link_id = link_quarter.link_id)
    ) as last_visit_at from link_quarter group by link_id`,
};

/** A kind of visitor in the order of its columns. */
type Visitor = readonly [kind: string, referrer: string, browser: string, system: string];

/** Visits in an hour or on a day, each with what it is counted by. */
export interface Counted {
  readonly at: number;
  readonly by: readonly string[];
  readonly visits: number;
}

/** Hours by kind of visitor as hours by class, and as days by dimension and value. */
export function regroup(rows: readonly { hour: number; visitor: Visitor; visits: number }[]): {
  readonly hours: Counted[];
  readonly days: Counted[];
} {
  const people = rows.filter(({ visitor }) => visitor[0] === "human");
  const days = people.flatMap(({ hour, visitor, visits }) =>
    dimensions.map((dimension, at) => {
      const by = [dimension, visitor[at + 1] ?? ""];
      return { at: Math.floor(hour / 24), by, visits };
    }),
  );
  const hoursByClass = rows.map(({ hour, visitor, visits }) => ({
    at: hour,
    by: [visitor[0]],
    visits,
  }));
  return { hours: summed(hoursByClass), days: summed(days) };
}

function summed(rows: readonly Counted[]): Counted[] {
  return [...Map.groupBy(rows, ({ at, by }) => JSON.stringify([at, by])).values()].map((same) => ({
    at: same[0]?.at ?? 0,
    by: same[0]?.by ?? [],
    visits: same.reduce((sum, { visits }) => sum + visits, 0),
  }));
}

/** Recorded tables as today's are read; others stay. */
export function asHoursAndDays(recorded: Tables): Tables {
  const { visitor, visit, visit_hour: hour } = recorded;
  if (visitor === undefined || visit === undefined || hour === undefined) return recorded;
  const visitors = new Map(visitor.rows.map(([id, ...row]) => [id, row as unknown as Visitor]));
  const visitorOf = (id: unknown) => visitors.get(id as number) ?? (["", "", "", ""] as const);
  const byLink = Map.groupBy(hour.rows, ([linkId]) => Number(linkId));
  const links = [...byLink].map(([linkId, rows]) => {
    const kinds = rows.map(([, at, id, visits]) => ({
      hour: Number(at),
      visitor: visitorOf(id),
      visits: Number(visits),
    }));
    return { linkId, ...regroup(kinds) };
  });
  return {
    ...recorded,
    visit: {
      columns: ["link_id", "at", "class", ...dimensions],
      rows: sorted(
        visit.rows.map(([, linkId, at, id]) => [linkId ?? 0, at ?? 0, ...visitorOf(id)]),
      ),
    },
    visit_hour: {
      columns: ["link_id", "hour", "class", "visits"],
      rows: sorted(
        links.flatMap(({ linkId, hours: some }) =>
          some.map(({ at, by, visits }) => [linkId, at, ...by, visits]),
        ),
      ),
    },
    visitor: {
      columns: ["link_id", "day", "dimension", "value", "visits"],
      rows: sorted(
        links.flatMap(({ linkId, days }) =>
          days.map(({ at, by, visits }) => [linkId, at, ...by, visits]),
        ),
      ),
    },
  };
}

function sorted(rows: Table["rows"]): Table["rows"] {
  return rows.toSorted((one, other) => {
    const [left, right] = [JSON.stringify(one), JSON.stringify(other)];
    return left < right ? -1 : left > right ? 1 : 0;
  });
}
