import type { CompiledQuery, Insertable } from "kysely";
import type { Audit } from "../../audit/audit.ts";
import type { Database } from "../../database/database.ts";
import { prepare } from "../../database/prepared.ts";
import type { Schema } from "../../database/schema.ts";
import type { Actor } from "../../policy.ts";
import type { Link } from "../link.ts";
import { created } from "../rows/link-audit.ts";
import { newRowFrom, searchRowFrom, type UnsavedLink } from "../rows/link-columns.ts";
import { type Claim, REMEMBERED_MS, timeOf } from "./idempotency.ts";

interface Parts {
  readonly database: Pick<Database, "lookup" | "writeTogether">;
  readonly audit: Audit;
}

/**
 * Inserts a link with its search row, its idempotency key and its audit event in one trip to the database. Null, and
 * nothing is written: its short code is taken, or an earlier call with the key created a link.
 */
export async function insertTogether(
  { database, audit }: Parts,
  actor: Actor,
  link: UnsavedLink,
  claim: Claim | null,
): Promise<Link | null> {
  const db = database.lookup;
  const { shortCode, ownerId } = link;
  const statements: CompiledQuery[] = [
    insertLink(db, newRowFrom(link)),
    insertSearchRow(db, { ...searchRowFrom(link), owner_id: ownerId, short_code: shortCode }),
    ...(claim === null
      ? []
      : [
          claimKey(db, {
            key: claim.key,
            at: timeOf(claim),
            shortCode,
            until: claim.now - REMEMBERED_MS,
          }),
        ]),
    ...audit.statementsOf(actor, created([link])),
  ];
  const rows = await database.writeTogether(statements, [shortCode]);
  const inserted = rows?.[0]?.[0] as Pick<Link, "id" | "revision"> | undefined;
  return inserted === undefined ? null : { ...link, id: inserted.id, revision: inserted.revision };
}

type LinkRow = ReturnType<typeof newRowFrom>;

const insertLink = prepare((db, row: LinkRow) =>
  db
    .insertInto("link")
    .values({
      short_code: row.short_code,
      owner_id: row.owner_id,
      created_at: row.created_at,
      updated_at: row.updated_at,
      kind: row.kind,
      target: row.target,
      title: row.title,
      note: row.note,
      redirect_status: row.redirect_status,
      expires_at: row.expires_at,
      disabled: row.disabled,
      declared: row.declared,
      inline: row.inline,
      starts_at: row.starts_at,
      fallback_url: row.fallback_url,
      forward_query: row.forward_query,
      embed_hosts: row.embed_hosts,
      visit_limit: row.visit_limit,
      visits_left: row.visits_left,
      password_hash: row.password_hash,
      // Without aliases: a link that has some is inserted apart.
    })
    .onConflict((on) => on.column("short_code").doNothing())
    .returning(["id", "revision"]),
);

type SearchRow = Omit<Insertable<Schema["link_search"]>, "link_id"> & Pick<LinkRow, "short_code">;

const insertSearchRow = prepare((db, row: SearchRow) =>
  db.insertInto("link_search").values({
    link_id: idOf(db, row.short_code),
    owner_id: row.owner_id,
    kind: row.kind,
    disabled: row.disabled,
    expires_at: row.expires_at,
    starts_at: row.starts_at,
    spent: row.spent,
    code: row.code,
    text: row.text,
  }),
);

interface ClaimedKey extends Pick<Link, "shortCode"> {
  readonly key: string;
  readonly at: number;
  /** A claim of then or earlier is forgotten. */
  readonly until: number;
}

const claimKey = prepare((db, { key, at, until, shortCode }: ClaimedKey) =>
  db
    .insertInto("sent_form")
    .values({ key, at, link_id: idOf(db, shortCode) })
    .onConflict((on) =>
      on
        .column("key")
        .doUpdateSet((eb) => ({ link_id: eb.ref("excluded.link_id"), at: eb.ref("excluded.at") }))
        .where("sent_form.at", "<=", until),
    ),
);

function idOf(db: Database["lookup"], shortCode: Link["shortCode"]) {
  return db.selectFrom("link").select("id").where("short_code", "=", shortCode);
}
