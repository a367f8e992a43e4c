import type { Theme } from "../config/values/themes.ts";
import { invalid } from "../problem.ts";

/** What a person may do: `administrator` sees and manages everything. */
export type Role = "user" | "administrator";

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
  /** Whether the password is a one-time one: until there is another, nothing else may be done. */
  readonly mustChangePassword: boolean;
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number;
}

/** What people choose for themselves; null: as the site has it. What is absent stays as it is. */
export type Preferences = Readonly<{
  theme?: Theme | null;
  markdownTheme?: Theme | null;
  timeZone?: string | null;
}>;

/** The account that exists from the start; a blank user name signs in as it. */
export const ADMIN_USERNAME = "admin";

/** Display name of the administrator's account until it is changed. */
export const ADMIN_DISPLAY_NAME = "Administrator";

/** Whether the themes that this account chooses are the site's: it has none of its own. */
export function choosesForTheSite({ username }: Pick<User, "username">): boolean {
  return username === ADMIN_USERNAME;
}

const USERNAME = /^[A-Za-z0-9_-]{3,50}$/;
const MAX_DISPLAY_NAME = 100;

/** Whether an account could have this name: one that was moved in may hold other characters than new ones. */
export function isStoredUsername(text: string): boolean {
  return text.length <= 200 && !/\p{Cc}/u.test(text);
}

/** Whether a new account may have this name, as far as its letters go. */
export function isNewUsername(text: string): boolean {
  return USERNAME.test(text);
}

/**
 * The name of a new account.
 * @throws Problem `invalid` on `username`
 */
export function parseUsername(text: string): string {
  if (isNewUsername(text)) return text;
  throw invalid("username", "A user name is made of 3 to 50 letters A-Z a-z, digits, - and _.");
}

/** Spaces, and what shows as nothing. */
const BLANK = /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u;

/**
 * The name shown for a person, in any script; empty where nothing would show.
 * @throws Problem `invalid` on `display_name`
 */
export function parseDisplayName(text: string): string {
  const name = text.trim().toWellFormed();
  if (BLANK.test(name)) return "";
  if ([...name].length <= MAX_DISPLAY_NAME && !/\p{Cc}/u.test(name)) return name;
  throw invalid("display_name", "A display name is one line of at most 100 characters.");
}
