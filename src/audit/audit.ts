import {
  type CompiledQuery,
  type Expression,
  type ExpressionBuilder,
  type SelectQueryBuilder,
  type SqlBool,
  sql,
} from "kysely";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Database, Trx } from "../database/database.ts";
import { prepare, prepareShapes } from "../database/prepared.ts";
import type { Schema } from "../database/schema.ts";
import { parseInput } from "../parse-input.ts";
import { type Actor, may } from "../policy.ts";
import { Problem } from "../problem.ts";
import { auditActions } from "./audit-actions.ts";
import { auditCsvLine, CSV_HEADING } from "./audit-csv.ts";
import {
  type AuditEvent,
  type AuditRow,
  auditEventFrom,
  auditRow,
  type NewAuditEvent,
} from "./audit-event.ts";
import { text } from "./text.en.ts";

/** Conditions that events must meet; an absent one excludes none. */
export const auditFilterSchema = z.strictObject({
  action: z.enum(auditActions).exactOptional(),
  /** The username of the actor or of the user they impersonated, in any case; COMMAND_LINE for the operator. */
  actor: z.string().exactOptional(),
  /** A short code, a username or a setting's key, exactly. */
  resource: z.string().exactOptional(),
  address: z.string().exactOptional(),
  /** Milliseconds since 1970 UTC: the first that is included, and the first that is not. */
  since: z.int().exactOptional(),
  until: z.int().exactOptional(),
});

export type AuditFilter = z.infer<typeof auditFilterSchema>;

export interface AuditPage {
  /** Newest first. */
  readonly events: readonly AuditEvent[];
  /** The `after` of the next page; null on the last. */
  readonly next: number | null;
}

interface PageTerms {
  /** A page's `next`. */
  readonly after?: number;
  readonly limit: number;
}

/** The place of an event in the order of time. */
export type ChangePlace = Pick<AuditEvent, "at" | "id">;

/** A change of a link. */
export type LinkChangeEvent = Pick<AuditEvent, "at" | "id" | "resource" | "details">;

/** An id that no user has. */
const NOBODY = 0;

/** Rows in one statement, and in one piece of an export. */
const BATCH = 1000;

const DAY_MS = 86_400_000;

/** The audit log. An event is written in the transaction of what it records, and never changed. */
export class Audit {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor({ database, clock }: { readonly database: Database; readonly clock: Clock }) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Records events of `actor` in this transaction. */
  async record(trx: Trx, actor: Actor, ...events: readonly NewAuditEvent[]): Promise<void> {
    const now = this.#clock();
    for (let at = 0; at < events.length; at += BATCH) {
      const rows = events.slice(at, at + BATCH).map((event) => auditRow(now, actor, event));
      await trx.insertInto("audit_event").values(rows).execute();
    }
  }

  /** Statements that record events of `actor`, for `writeTogether`. */
  statementsOf(actor: Actor, events: readonly NewAuditEvent[]): CompiledQuery[] {
    const now = this.#clock();
    return events.map((event) => insertEvent(this.#database.lookup, auditRow(now, actor, event)));
  }

  /** Records an event in a transaction of its own. */
  async note(actor: Actor, event: NewAuditEvent): Promise<void> {
    await this.#database.write((trx) => this.record(trx, actor, event));
  }

  /**
   * Returns one page of all events.
   * @throws Problem `forbidden`
   */
  async list(actor: Actor, filter: AuditFilter, terms: PageTerms): Promise<AuditPage> {
    requireList(actor);
    return await this.#readPage(this.#select(filter), terms);
  }

  /** Returns one page of the events that the actor caused or that concern their account and links, without the addresses of others. */
  async ownOf(actor: Actor, terms: PageTerms): Promise<AuditPage> {
    const userId = requireUser(actor);
    const all = this.#database.read.selectFrom("audit_event").selectAll();
    const columns = ["actor_id", "owner_id"] as const;
    const queries = columns.map((column) => all.where(column, "=", userId));
    const { events, next } = await this.#readPage(queries, terms);
    return { events: events.map((event) => withoutOthersAddress(event, userId)), next };
  }

  /**
   * The first of `ownOf`, so few that they are looked up.
   * @throws Problem `unauthenticated`
   */
  async latestOwn(actor: Actor, limit: number): Promise<AuditEvent[]> {
    const userId = requireUser(actor);
    const { lookup } = this.#database;
    const pages = (["actor_id", "owner_id"] as const).map((column) =>
      lookup.executeQuery(selectLatest(lookup, { userId, limit }, column)),
    );
    const rows = (await Promise.all(pages)).flatMap((page) => page.rows);
    return newestFirst(rows)
      .slice(0, limit)
      .map((row) => withoutOthersAddress(auditEventFrom(row), userId));
  }

  /**
   * Returns the events of a filter as CSV, in pieces of many lines, newest first.
   * @throws Problem `forbidden`
   */
  exportCsv(actor: Actor, filter: AuditFilter): AsyncGenerator<string> {
    requireList(actor);
    return this.#exportCsv(filter);
  }

  async *#exportCsv(filter: AuditFilter): AsyncGenerator<string> {
    yield CSV_HEADING;
    let after: number | null = null;
    do {
      const terms: PageTerms = { limit: BATCH, ...(after !== null && { after }) };
      const page: AuditPage = await this.#readPage(this.#select(filter), terms);
      if (page.events.length > 0) yield page.events.map(auditCsvLine).join("");
      after = page.next;
    } while (after !== null);
  }

  /**
   * Some of the changes that the actor has made together, of the account that they act for, in their order.
   * @param batch as their details have it: when they began
   * @param after the last one that was read before
   */
  async changesBy(
    actor: Actor,
    batch: number,
    after: ChangePlace | null,
    limit: number,
  ): Promise<LinkChangeEvent[]> {
    const place = after ?? { at: batch, id: 0 };
    const rows = await this.#changesOf(actor, batch)
      .select(["at", "id", "thing", "details"])
      .where(({ eb, refTuple, tuple }) => eb(refTuple("at", "id"), ">", tuple(place.at, place.id)))
      .orderBy("at")
      .orderBy("id")
      .limit(limit)
      .execute();
    return rows.map(({ at, id, thing, details }) => ({
      ...{ at, id, resource: thing },
      details: JSON.parse(details),
    }));
  }

  /** How many there are. */
  async countChangesBy(actor: Actor, batch: number): Promise<number> {
    const query = this.#changesOf(actor, batch).select((eb) =>
      eb.fn.countAll<number>().as("links"),
    );
    return Number((await query.executeTakeFirstOrThrow()).links);
  }

  #changesOf(actor: Actor, batch: number) {
    const { userId = NOBODY, username = "" } = actor.is === "user" ? actor : {};
    const impersonator = actor.is === "user" ? actor.impersonator : undefined;
    return this.#database.scan
      .selectFrom("audit_event")
      .where("actor_id", "=", impersonator?.userId ?? userId)
      .where("acted_for", "=", impersonator === undefined ? "" : username)
      .where("at", ">=", batch)
      .where("deed", "in", ["link.changed", "link.given"])
      .where("details", "like", `%"batch":${batch},%`);
  }

  /** Removes at most `limit` events older than `retentionDays`; returns how many. */
  async prune(retentionDays: number, limit: number): Promise<number> {
    const before = this.#clock() - retentionDays * DAY_MS;
    return await this.#database.write(async (trx) => {
      const old = trx.selectFrom("audit_event").select("id").where("at", "<", before);
      const ids = old.orderBy("at").limit(limit);
      const query = trx.deleteFrom("audit_event").where("id", "in", ids);
      return Number((await query.executeTakeFirst()).numDeletedRows);
    });
  }

  /** Returns the queries whose events together meet a filter: each of them follows one index. */
  #select(input: AuditFilter): Events[] {
    const { actor, ...filter } = parseInput(auditFilterSchema, input);
    const query = this.#database.scan
      .selectFrom("audit_event")
      .selectAll()
      .where(this.#database.dialect.inTime("at"))
      .where((eb) => eb.and(conditionsOf(eb, filter)));
    if (actor === undefined) return [query];
    if (actor.includes("\0")) return [];
    const name = sql<string>`lower(${actor})`;
    return [
      query.where(sql`lower(actor)`, "=", name),
      query.where("acted_for", "<>", "").where(sql`lower(acted_for)`, "=", name),
    ];
  }

  /** Returns one page of the events of several queries. */
  async #readPage(queries: readonly Events[], { after, limit }: PageTerms): Promise<AuditPage> {
    const last = after === undefined ? null : await this.#positionOf(after);
    if (last === undefined) return { events: [], next: null };
    const pages = queries.map((query) => {
      const from = last === null ? query : query.where(isOlder(last));
      const newest = from.orderBy("at", "desc").orderBy("id", "desc");
      return newest.limit(limit + 1).execute();
    });
    const sorted = newestFirst((await Promise.all(pages)).flat());
    const events = sorted.slice(0, limit).map(auditEventFrom);
    return { events, next: sorted.length > limit ? (events.at(-1)?.id ?? null) : null };
  }

  /** Returns the place of an event in the log; undefined if it has been removed, with all that are older. */
  async #positionOf(id: number): Promise<Position | undefined> {
    const query = this.#database.lookup.selectFrom("audit_event").select(["at", "id"]);
    return await query.where("id", "=", id).executeTakeFirst();
  }
}

/** @throws Problem `unauthenticated` */
function requireUser(actor: Actor): number {
  if (actor.is === "user") return actor.userId;
  throw new Problem("unauthenticated", text.signInFirst);
}

/** Rows of several queries, each once. */
function newestFirst(rows: readonly AuditRow[]): AuditRow[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return [...byId.values()].sort((one, other) => other.at - one.at || other.id - one.id);
}

const selectLatest = prepareShapes<
  { userId: number; limit: number },
  AuditRow,
  "actor_id" | "owner_id"
>((db, { userId, limit }, column) =>
  db
    .selectFrom("audit_event")
    .selectAll()
    .where(column, "=", userId)
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .limit(limit),
);

const insertEvent = prepare((db, row: ReturnType<typeof auditRow>) =>
  db.insertInto("audit_event").values({
    at: row.at,
    actor_id: row.actor_id,
    actor: row.actor,
    acted_for: row.acted_for,
    owner_id: row.owner_id,
    address: row.address,
    deed: row.deed,
    thing: row.thing,
    details: row.details,
  }),
);

type Events = SelectQueryBuilder<Schema, "audit_event", AuditRow>;

type Position = Pick<AuditRow, "at" | "id">;

function isOlder({ at, id }: Position): Expression<SqlBool> {
  return sql<boolean>`(at, id) < (${at}, ${id})`;
}

function conditionsOf(
  eb: ExpressionBuilder<Schema, "audit_event">,
  { action, resource, address, since, until }: Omit<AuditFilter, "actor">,
): Expression<SqlBool>[] {
  if ([resource, address].some((value) => value?.includes("\0"))) return [sql`1 = 0`];
  return [
    ...(action === undefined ? [] : [eb("deed", "=", action)]),
    ...(resource === undefined ? [] : [eb("thing", "=", resource)]),
    ...(address === undefined ? [] : [eb("address", "=", address)]),
    ...(since === undefined ? [] : [eb("at", ">=", since)]),
    ...(until === undefined ? [] : [eb("at", "<", until)]),
  ];
}

function requireList(actor: Actor): void {
  if (may(actor, "audit.list")) return;
  throw new Problem("forbidden", text.mayNotList);
}

function withoutOthersAddress(event: AuditEvent, userId: number): AuditEvent {
  return event.actorId === userId || event.actorId === null ? event : { ...event, address: "" };
}
