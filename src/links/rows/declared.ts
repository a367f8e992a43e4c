import type { Trx } from "../../database/database.ts";
import { Problem } from "../../problem.ts";
import type { Link } from "../link.ts";
import { text } from "../text.en.ts";

/**
 * Refuses to change links that a links.toml declares: they change with that file alone.
 * @throws Problem `forbidden` that names it
 */
export async function refuseDeclared(trx: Trx, links: readonly Link[]): Promise<void> {
  const declared = links.find((link) => link.declared);
  if (declared === undefined) return;
  const { username } = await trx
    .selectFrom("user")
    .select("username")
    .where("id", "=", declared.ownerId)
    .executeTakeFirstOrThrow();
  throw declaredIn(declared, username);
}

/** The refusal to change a link that `owner`'s links.toml declares. */
export function declaredIn({ shortCode }: Link, owner: string): Problem {
  return new Problem("forbidden", text.access.declared(shortCode, declaringFile(owner)));
}

/** The file that declares a user's links, as a path in the data folder. */
export function declaringFile(owner: string): string {
  return `users/${owner}/links.toml`;
}
