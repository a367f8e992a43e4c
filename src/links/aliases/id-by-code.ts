import { type Expression, expressionBuilder } from "kysely";
import type { Database } from "../../database/database.ts";
import { lookUp, prepare } from "../../database/prepared.ts";
import type { Schema } from "../../database/schema.ts";
import type { ShortCode } from "../short-code.ts";

/** The id of the link that a short code opens, as an expression: aliases are looked at only where no link has it. */
export function idByCode(db: Database["lookup"], shortCode: ShortCode): Expression<number | null> {
  const { fn } = expressionBuilder<Schema>();
  const link = db.selectFrom("link").select("id").where("short_code", "=", shortCode);
  const alias = db.selectFrom("link_alias").select("link_id").where("short_code", "=", shortCode);
  return fn.coalesce(link, alias);
}

/** Whether a short code is an alias of a link. */
export async function isAlias(database: Database, shortCode: ShortCode): Promise<boolean> {
  return (await lookUp(database, findAlias(database.lookup, { shortCode }))) !== undefined;
}

const findAlias = prepare((db, { shortCode }: { shortCode: ShortCode }) =>
  db.selectFrom("link_alias").select("link_id").where("short_code", "=", shortCode),
);
