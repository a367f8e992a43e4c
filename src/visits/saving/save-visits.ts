import { sql } from "kysely";
import type { Clock } from "../../clock.ts";
import type { Columns, Database, Trx } from "../../database/database.ts";
import { dimensions, isOwnValue, OTHERS, VALUES_A_DAY } from "../dimension.ts";
import { dayOf, visitIdOf } from "../quarter.ts";
import { type IdOf, type Member, type Tally, UNKNOWN } from "../tally.ts";
import { addToDays, addToQuarters, addToTotals } from "./visit-sums.ts";
import { type ValueIds, VisitValues } from "./visit-values.ts";

interface Parts {
  readonly database: Database;
  readonly clock: Clock;
}

/** Writes what a tally holds into the tables. */
export class VisitSaver {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #values = new VisitValues();

  constructor({ database, clock }: Parts) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Returns what to call after the commit. */
  async save(trx: Trx, tally: Tally): Promise<() => void> {
    await addToTotals(trx, await this.#given(trx, "given_totals", tally.totals()));
    await addToQuarters(trx, await this.#given(trx, "given_quarters", tally.quarters()));
    const values = [...tally.values];
    const ids = await this.#values.find(trx, values);
    const idOf = await this.#settle(trx, tally, ids);
    await addToDays(trx, await this.#given(trx, "given_days", tally.days(idOf)));
    await this.#append(trx, tally, idOf);
    return () => this.#values.remember(values, ids);
  }

  /** Decides which values are kept apart: a day's first ones of each link, if they are known or may become so. */
  async #settle(trx: Trx, tally: Tally, ids: ValueIds): Promise<IdOf> {
    const members = tally.members().filter(({ place }) => place !== UNKNOWN);
    const rooms = await this.#roomsOf(trx, tally);
    const inFull = members.filter(({ group }) => rooms.has(group));
    const present = await this.#findPresent(trx, tally, inFull, ids);
    const others = new Set<string>();
    const wanted = new Set(tally.values.keys().filter((place) => isNew(tally, place, ids)));
    for (const { group, place } of members) {
      const room = rooms.get(group);
      if (room !== undefined && !present.has(keyOf(group, place))) {
        rooms.set(group, room - 1);
        if (room <= 0) {
          others.add(keyOf(group, place));
          continue;
        }
      }
      if (!ids.has(place)) wanted.add(place);
    }
    const day = dayOf(this.#clock(), "UTC");
    await this.#values.admit(trx, tally.values, wanted, { day, ids });
    return (place, group) =>
      others.size > 0 && group !== null && others.has(keyOf(group, place))
        ? OTHERS
        : (ids.get(place) ?? OTHERS);
  }

  /** How many more values the groups may have whose new ones do not all fit. */
  async #roomsOf(trx: Trx, { groups }: Tally): Promise<Map<number, number>> {
    const given = await this.#given(trx, "given_groups", {
      number: Float64Array.from(groups, (_, at) => at),
      link_id: Float64Array.from(groups, ({ linkId }) => linkId),
      dimension: Float64Array.from(groups, ({ dimension }) => dimensions[dimension]),
      day: Float64Array.from(groups, ({ day }) => day),
      size: Float64Array.from(groups, ({ size }) => size),
    });
    const { rows } = await sql<{ number: number; present: number }>`
      select number, present from (
        select number, size, (select count(*) from link_day as d where d.link_id = given_groups.link_id
          and d.dimension = given_groups.dimension and d.day = given_groups.day and value_id <> ${OTHERS}) as present
        from ${given}) as counted
      where present + size > ${VALUES_A_DAY}`.execute(trx);
    return new Map(rows.map(({ number, present }) => [number, VALUES_A_DAY - present]));
  }

  /** Which members of full groups are in the table already. */
  async #findPresent(
    trx: Trx,
    { groups }: Tally,
    members: readonly Member[],
    ids: ValueIds,
  ): Promise<Set<string>> {
    const known = members.filter(({ place }) => ids.has(place));
    if (known.length === 0) return new Set();
    const given = await this.#given(trx, "given_members", {
      number: Float64Array.from(known, (_, at) => at),
      link_id: Float64Array.from(known, ({ group }) => groups[group]?.linkId ?? 0),
      dimension: Float64Array.from(known, ({ group }) => {
        const { dimension } = groups[group] ?? {};
        return dimension === undefined ? 0 : dimensions[dimension];
      }),
      day: Float64Array.from(known, ({ group }) => groups[group]?.day ?? 0),
      value_id: Float64Array.from(known, ({ place }) => ids.get(place) ?? 0),
    });
    const { rows } = await sql<{ number: number }>`select number from ${given}
      join link_day as d on d.link_id = given_members.link_id
        and d.dimension = given_members.dimension and d.day = given_members.day
        and d.value_id = given_members.value_id`.execute(trx);
    return new Set(
      rows.map(({ number }) => keyOf(known[number]?.group ?? 0, known[number]?.place ?? 0)),
    );
  }

  async #append(trx: Trx, tally: Tally, idOf: IdOf): Promise<void> {
    const { quarters, columns } = tally.single(idOf);
    if (quarters.length === 0) return;
    const next = await this.#reserve(trx, quarters);
    const ids = quarters.map((quarter) => {
      const number = next.get(quarter) ?? 0;
      next.set(quarter, number + 1);
      return visitIdOf(quarter, number) ?? Number.NaN;
    });
    await this.#database.append(trx, "visit", fitting({ id: ids, ...columns }));
  }

  /** Reserves an id for each visit; returns the first number of each quarter hour. */
  async #reserve(trx: Trx, quarters: Float64Array): Promise<Map<number, number>> {
    const counts = [...Map.groupBy(quarters, (quarter) => quarter)].map(
      ([quarter, { length }]) => [quarter, length] as const,
    );
    const given = await this.#given(trx, "given_series", {
      quarter: Float64Array.from(counts, ([quarter]) => quarter),
      visits: Float64Array.from(counts, ([, count]) => count),
    });
    const { rows } = await sql<{ quarter: number; visits: number }>`
      insert into visit_series (quarter, visits)
      select quarter, visits from ${given} where true order by quarter
      on conflict (quarter) do update set visits = visit_series.visits + excluded.visits
      returning quarter, visits`.execute(trx);
    const ends = new Map(rows.map(({ quarter, visits }) => [quarter, visits]));
    return new Map(counts.map(([quarter, count]) => [quarter, (ends.get(quarter) ?? 0) - count]));
  }

  #given(trx: Trx, name: string, columns: Columns) {
    return this.#database.rowsOf(trx, name, columns);
  }
}

/** Rows that have an id: a quarter hour has a limit that no site reaches. */
function fitting(columns: Columns & { readonly id: Float64Array }): Columns {
  if (!columns.id.some(Number.isNaN)) return columns;
  const isKept = (_: number, row: number) => !Number.isNaN(columns.id[row]);
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, column.filter(isKept)]),
  );
}

function isNew({ values }: Tally, place: number, ids: ValueIds): boolean {
  const value = values[place];
  return value !== undefined && place !== UNKNOWN && !ids.has(place) && isOwnValue(value);
}

function keyOf(group: number, place: number): string {
  return `${group} ${place}`;
}
