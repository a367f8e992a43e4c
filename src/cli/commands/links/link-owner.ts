import { ADMIN_USERNAME, type User } from "../../../accounts/user.ts";
import type { App } from "../../../app.ts";
import { Problem } from "../../../problem.ts";
import type { Invocation } from "../../command.ts";
import { text } from "../text.en.ts";

/**
 * Finds the user that `--user` names, or the administrator.
 * @throws Problem `not_found`
 */
export async function ownerOf(app: App, { option }: Invocation): Promise<User> {
  return await findOwner(app, option("user") ?? ADMIN_USERNAME);
}

/** @throws Problem `not_found` */
export async function findOwner(app: App, username: string): Promise<User> {
  const user = await app.accounts.users.findByUsername(username);
  if (user === null) throw new Problem("not_found", text.links.noSuchUser(username));
  return user;
}
