import {
  type Expression,
  type ExpressionBuilder,
  type SelectQueryBuilder,
  type SqlBool,
  sql,
} from "kysely";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Database, Trx } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";
import { parseInput } from "../parse-input.ts";
import { type Actor, may } from "../policy.ts";
import { Problem } from "../problem.ts";
import { auditActions } from "./audit-actions.ts";
import { CSV_HEADING, csvLine } from "./audit-csv.ts";
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
    return await readPage(this.#select(filter), terms);
  }

  /** Returns one page of the events that the actor caused or that concern their account and links, without the addresses of others. */
  async ownOf(actor: Actor, terms: PageTerms): Promise<AuditPage> {
    if (actor.is !== "user") throw new Problem("unauthenticated", text.signInFirst);
    const { userId } = actor;
    const query = this.#database.read
      .selectFrom("audit_event")
      .selectAll()
      .where(({ eb, or }) => or([eb("actor_id", "=", userId), eb("owner_id", "=", userId)]));
    const { events, next } = await readPage(query, terms);
    return { events: events.map((event) => withoutOthersAddress(event, userId)), next };
  }

  /**
   * Returns the events of a filter as CSV, in pieces of many lines, newest first.
   * @throws Problem `forbidden`
   */
  async *exportCsv(actor: Actor, filter: AuditFilter): AsyncGenerator<string> {
    requireList(actor);
    yield CSV_HEADING;
    let after: number | null = null;
    do {
      const terms: PageTerms = { limit: BATCH, ...(after !== null && { after }) };
      const page: AuditPage = await readPage(this.#select(filter), terms);
      if (page.events.length > 0) yield page.events.map(csvLine).join("");
      after = page.next;
    } while (after !== null);
  }

  /** Removes at most `limit` events older than `retentionDays`; returns how many. */
  async prune(retentionDays: number, limit: number): Promise<number> {
    const before = this.#clock() - retentionDays * DAY_MS;
    return await this.#database.write(async (trx) => {
      const all = trx.selectFrom("audit_event").select(["id", "at"]);
      const oldest = all.orderBy("id").limit(limit).as("oldest");
      const ids = trx.selectFrom(oldest).select("id").where("at", "<", before);
      const query = trx.deleteFrom("audit_event").where("id", "in", ids);
      return Number((await query.executeTakeFirst()).numDeletedRows);
    });
  }

  #select(input: AuditFilter) {
    const filter = parseInput(auditFilterSchema, input);
    return this.#database.read
      .selectFrom("audit_event")
      .selectAll()
      .where((eb) => eb.and(conditionsOf(eb, filter)));
  }
}

type Events = SelectQueryBuilder<Schema, "audit_event", AuditRow>;

async function readPage(query: Events, { after, limit }: PageTerms): Promise<AuditPage> {
  const from = after === undefined ? query : query.where("id", "<", after);
  const rows = await from
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute();
  const events = rows.slice(0, limit).map(auditEventFrom);
  return { events, next: rows.length > limit ? (events.at(-1)?.id ?? null) : null };
}

function conditionsOf(
  eb: ExpressionBuilder<Schema, "audit_event">,
  { action, actor, resource, address, since, until }: AuditFilter,
): Expression<SqlBool>[] {
  if ([actor, resource, address].some((value) => value?.includes("\0"))) return [sql`1 = 0`];
  return [
    ...(action === undefined ? [] : [eb("deed", "=", action)]),
    ...(actor === undefined ? [] : [isBy(eb, actor)]),
    ...(resource === undefined ? [] : [eb("thing", "=", resource)]),
    ...(address === undefined ? [] : [eb("address", "=", address)]),
    ...(since === undefined ? [] : [eb("at", ">=", since)]),
    ...(until === undefined ? [] : [eb("at", "<", until)]),
  ];
}

function isBy(eb: ExpressionBuilder<Schema, "audit_event">, name: string): Expression<SqlBool> {
  const wanted = sql<string>`lower(${name})`;
  return eb.or([eb(sql`lower(actor)`, "=", wanted), eb(sql`lower(acted_for)`, "=", wanted)]);
}

function requireList(actor: Actor): void {
  if (may(actor, "audit.list")) return;
  throw new Problem("forbidden", text.mayNotList);
}

function withoutOthersAddress(event: AuditEvent, userId: number): AuditEvent {
  return event.actorId === userId || event.actorId === null ? event : { ...event, address: "" };
}
