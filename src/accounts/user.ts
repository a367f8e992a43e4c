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
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number;
}

/** The account that exists from the start; a blank user name signs in as it. */
export const ADMIN_USERNAME = "admin";

const USERNAME = /^[A-Za-z0-9_-]{3,50}$/;

/** Whether a new account may have this name. */
export function isUsername(text: string): boolean {
  return USERNAME.test(text);
}
