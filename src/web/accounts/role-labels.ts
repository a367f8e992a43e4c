import type { Role } from "../../accounts/user.ts";

/** What people call each role. */
export const roleWords: Readonly<Record<Role, string>> = {
  user: "User",
  administrator: "Administrator",
};
