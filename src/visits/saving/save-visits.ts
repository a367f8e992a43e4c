import { sql } from "kysely";
import type { Clock } from "../../clock.ts";
import type { Columns, Database, Trx } from "../../database/database.ts";
import {
  type Dimension,
  type DimensionValue,
  dimensionNames,
  dimensions,
  isOwnValue,
  OTHERS,
  VALUES_A_DAY,
} from "../dimension.ts";
import { dayOf, visitIdOf } from "../quarter.ts";
import { keyOfMember, type Member, type Settled, type Tally } from "../tally.ts";
import { isUnknown } from "../visit-kinds.ts";
import { VisitorSaver } from "../visitors/save-visitors.ts";
import { SumSaver } from "./save-sums.ts";
import { type ValueIds, VisitValues } from "./visit-values.ts";

interface Parts {
  readonly database: Database;
  readonly clock: Clock;
}

/** People's values of one dimension of a link and day. */
interface Group {
  readonly linkId: number;
  readonly dimension: Dimension;
  readonly day: number;
  /** How many values it has in the tally. */
  size: number;
  /** How many more values may be kept apart; null: all that it has. */
  room: number | null;
}

interface Sorting {
  readonly crowded: ReadonlySet<Dimension>;
  readonly ids: ValueIds;
  readonly others: Set<string>;
  readonly wanted: Set<number>;
}

/** Writes what a tally holds into the tables. */
export class VisitSaver {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #values = new VisitValues();
  readonly #visitors: VisitorSaver;

  constructor({ database, clock }: Parts) {
    this.#database = database;
    this.#visitors = new VisitorSaver(database);
    this.#clock = clock;
  }

  /** Returns what to call after the commit. */
  async save(trx: Trx, tally: Tally): Promise<() => void> {
    const sums = await SumSaver.open(this.#database, trx, tally.linkIds());
    await sums.addTotals(tally.totals());
    await sums.addQuarters(tally.quarters());
    const values = [...tally.values];
    const ids = await this.#values.find(trx, values);
    const settled = await this.#settle(trx, tally, ids);
    await sums.addDays(tally.days(settled));
    await this.#append(trx, tally.single(settled));
    const rememberVisitors = await this.#visitors.save(trx, tally.visitors(), sums.ownerOf);
    return () => {
      this.#values.remember(values, ids);
      rememberVisitors();
    };
  }

  /** Decides which values are kept apart: a day's first ones of each link, if they are known or may become so. */
  async #settle(trx: Trx, tally: Tally, ids: ValueIds): Promise<Settled> {
    const { values } = tally;
    const unknown = [...values.keys()].filter((place) => !isUnknown(place) && !ids.has(place));
    const crowded = await this.#findCrowded(trx, tally, unknown);
    const others = new Set<string>();
    const wanted = new Set(unknown.filter((place) => isOwnValue(values[place] as DimensionValue)));
    if (unknown.length > 0) {
      const isCrowded = (place: number) => crowded.has((values[place] as DimensionValue).dimension);
      const ofPeople = tally.placesOfPeople();
      for (const place of unknown) if (!isCrowded(place) && ofPeople.has(place)) wanted.add(place);
    }
    if (crowded.size > 0) await this.#sortOut(trx, tally, { crowded, ids, others, wanted });
    const day = dayOf(this.#clock(), "UTC");
    await this.#values.admit(trx, values, wanted, { day, ids });
    const idOf = (place: number) => (isUnknown(place) ? OTHERS : (ids.get(place) ?? OTHERS));
    return { ids: Float64Array.from(values.keys(), idOf), others };
  }

  /** The dimensions of which there are more values than are kept apart of a link and day. */
  async #findCrowded(trx: Trx, { values }: Tally, unknown: number[]): Promise<Set<Dimension>> {
    const known = await this.#values.countUpTo(trx, VALUES_A_DAY + 1, dimensionNames);
    for (const place of unknown) {
      const { dimension } = values[place] as DimensionValue;
      known.set(dimension, (known.get(dimension) ?? 0) + 1);
    }
    return new Set(
      dimensionNames.filter((dimension) => (known.get(dimension) ?? 0) > VALUES_A_DAY),
    );
  }

  /** Finds the values of crowded dimensions that are not kept apart, and those that should become known. */
  async #sortOut(trx: Trx, tally: Tally, { crowded, ids, others, wanted }: Sorting): Promise<void> {
    const members = tally.membersOf(crowded);
    const groups = groupMembers(tally, members);
    await this.#findRooms(trx, [...groups.values()]);
    const groupAt = (member: Member) => groups.get(groupKeyOf(tally, member)) as Group;
    const inFull = members.filter((member) => groupAt(member).room !== null);
    const present = await this.#findPresent(trx, tally, inFull, ids);
    for (const member of members) {
      const group = groupAt(member);
      if (group.room !== null && !present.has(keyOfMember(member)) && group.room-- <= 0)
        others.add(keyOfMember(member));
      else if (!ids.has(member.place)) wanted.add(member.place);
    }
  }

  /** Finds how many more values the groups may have whose new ones do not all fit. */
  async #findRooms(trx: Trx, groups: readonly Group[]): Promise<void> {
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
    for (const { number, present } of rows) (groups[number] as Group).room = VALUES_A_DAY - present;
  }

  /** Which members of full groups are in the table already, by their keys. */
  async #findPresent(
    trx: Trx,
    { values }: Tally,
    members: readonly Member[],
    ids: ValueIds,
  ): Promise<Set<string>> {
    const known = members.filter(({ place }) => ids.has(place));
    if (known.length === 0) return new Set();
    const given = await this.#given(trx, "given_members", {
      number: Float64Array.from(known, (_, at) => at),
      link_id: Float64Array.from(known, ({ linkId }) => linkId),
      dimension: Float64Array.from(known, ({ place }) => {
        const { dimension } = values[place] as DimensionValue;
        return dimensions[dimension];
      }),
      day: Float64Array.from(known, ({ day }) => day),
      value_id: Float64Array.from(known, ({ place }) => ids.get(place) ?? 0),
    });
    const { rows } = await sql<{ number: number }>`select number from ${given}
      join link_day as d on d.link_id = given_members.link_id
        and d.dimension = given_members.dimension and d.day = given_members.day
        and d.value_id = given_members.value_id`.execute(trx);
    return new Set(rows.map(({ number }) => keyOfMember(known[number] as Member)));
  }

  async #append(trx: Trx, { quarters, columns }: ReturnType<Tally["single"]>): Promise<void> {
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
    const counted = new Map<number, number>();
    for (const quarter of quarters) counted.set(quarter, (counted.get(quarter) ?? 0) + 1);
    const counts = [...counted];
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

function groupMembers(tally: Tally, members: readonly Member[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const member of members) {
    const key = groupKeyOf(tally, member);
    const known = groups.get(key);
    if (known !== undefined) known.size++;
    else {
      const { linkId, day, place } = member;
      const { dimension } = tally.values[place] as DimensionValue;
      groups.set(key, { linkId, dimension, day, size: 1, room: null });
    }
  }
  return groups;
}

function groupKeyOf({ values }: Tally, { linkId, day, place }: Member): string {
  return `${linkId} ${day} ${values[place]?.dimension}`;
}
