import type { Insertable, Selectable, Updateable } from "kysely";
import type { Touch, Trx } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";
import { touchDocuments } from "../links/touch-documents.ts";
import { Problem } from "../problem.ts";
import { text } from "./text.en.ts";
import type { User } from "./user.ts";
import type { Preferences } from "./user-schema.ts";

export type UserRow = Selectable<Schema["user"]>;

export interface NewUser
  extends Pick<User, "username" | "displayName" | "role" | "mustChangePassword" | "createdAt"> {
  readonly passwordHash: string | null;
}

export function newUserRow(user: NewUser): Insertable<Schema["user"]> {
  return {
    username: user.username,
    display_name: user.displayName,
    role: user.role,
    password_hash: user.passwordHash,
    must_change_password: user.mustChangePassword ? 1 : 0,
    disabled: 0,
    created_at: user.createdAt,
  };
}

export function userFrom(row: UserRow): User {
  return {
    id: row.id,
    username: row.username,
    displayName: row.display_name,
    role: row.role,
    disabled: row.disabled === 1,
    theme: row.theme,
    markdownTheme: row.markdown_theme,
    timeZone: row.time_zone,
    mustChangePassword: row.must_change_password === 1,
    createdAt: row.created_at,
  };
}

/** Writes the preferences that are present; the caller has checked that this is allowed. */
export async function writePreferences(
  trx: Trx,
  touch: Touch,
  userId: number,
  preferences: Preferences,
): Promise<void> {
  const columns = preferenceColumns(preferences);
  if (Object.keys(columns).length === 0) return;
  await trx.updateTable("user").set(columns).where("id", "=", userId).execute();
  if (preferences.markdownTheme !== undefined) await touchDocuments(trx, touch, userId);
}

function preferenceColumns({
  theme,
  markdownTheme,
  timeZone,
}: Preferences): Updateable<Schema["user"]> {
  return {
    ...(theme !== undefined && { theme }),
    ...(markdownTheme !== undefined && { markdown_theme: markdownTheme }),
    ...(timeZone !== undefined && { time_zone: timeZone }),
  };
}

export function noSuchAccount(): Problem {
  return new Problem("not_found", text.access.noSuchAccount);
}
