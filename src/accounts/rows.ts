import type { Insertable, Selectable, Updateable } from "kysely";
import type { Schema } from "../database/schema.ts";
import type { Preferences, User } from "./user.ts";

export type UserRow = Selectable<Schema["user"]>;

export interface NewUser extends Pick<User, "username" | "displayName" | "role" | "createdAt"> {
  readonly passwordHash: string | null;
}

export function newUserRow(user: NewUser): Insertable<Schema["user"]> {
  return {
    username: user.username,
    display_name: user.displayName,
    role: user.role,
    password_hash: user.passwordHash,
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
    createdAt: row.created_at,
  };
}

/** The columns of what is chosen; what is absent is not touched. */
export function preferenceColumns(preferences: Preferences): Updateable<Schema["user"]> {
  const { theme, markdownTheme, timeZone } = preferences;
  return {
    ...(theme !== undefined && { theme }),
    ...(markdownTheme !== undefined && { markdown_theme: markdownTheme }),
    ...(timeZone !== undefined && { time_zone: timeZone }),
  };
}
