import { invalid } from "../problem.ts";
import { text } from "./text.en.ts";

/** An `administrator` sees and manages everything. */
export const roles = ["user", "administrator"] as const;
export type Role = (typeof roles)[number];

/** A person with an account. */
export interface User {
  readonly id: number;
  readonly username: string;
  readonly displayName: string;
  readonly role: Role;
  readonly disabled: boolean;
  /** Own themes; null means the site's. The account `admin` has none of its own: its choice is the site's. */
  readonly theme: string | null;
  readonly markdownTheme: string | null;
  /** IANA name; null means `app.timezone`. */
  readonly timeZone: string | null;
  /** Whether the password is a one-time password: until it is changed, nothing else is allowed. */
  readonly mustChangePassword: boolean;
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number;
}

/** The account that exists from the start; a blank username signs in to it. */
export const ADMIN_USERNAME = "admin";

/** Whether the themes that this account chooses are the site's: it has none of its own. */
export function choosesForTheSite({ username }: Pick<User, "username">): boolean {
  return username === ADMIN_USERNAME;
}

const USERNAME = /^[A-Za-z0-9_-]{3,50}$/;
const MAX_DISPLAY_NAME = 100;

/** Whether the characters of a name are allowed for a new account. */
export function isNewUsername(name: string): boolean {
  return USERNAME.test(name);
}

/** Spaces and invisible characters. */
const BLANK = /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u;

/** A display name in any script, trimmed; empty if nothing of it is visible, null if it is not allowed. */
export function readDisplayName(typed: string): string | null {
  const name = typed.trim().toWellFormed();
  if (BLANK.test(name)) return "";
  return [...name].length <= MAX_DISPLAY_NAME && !/\p{Cc}/u.test(name) ? name : null;
}

/**
 * Reads a display name as `readDisplayName` does.
 * @throws Problem `invalid` on `display_name`
 */
export function parseDisplayName(typed: string): string {
  const name = readDisplayName(typed);
  if (name === null) throw invalid("display_name", text.displayName.invalid);
  return name;
}
