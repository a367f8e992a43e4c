import type { Database } from "../database/database.ts";
import type { Blobs } from "../files/blobs.ts";
import { invalid, type Problem } from "../problem.ts";

/** Names that speak for the site. */
const RESERVED = ["administrator", "operator", "root", "system", "trunk8"];

/**
 * Refuses the name of a new account that is reserved, could be mistaken for another's, or has data on the disk.
 * @throws Problem `invalid` on `username`
 */
export async function requireNewName(
  { read }: Pick<Database, "read">,
  blobs: Blobs,
  username: string,
): Promise<void> {
  const looks = looksOf(username);
  if (RESERVED.some((word) => looksOf(word) === looks))
    throw refused("is kept for the site itself");
  const rows = await read.selectFrom("user").select("username").execute();
  const alike = rows.find((row) => looksOf(row.username) === looks);
  if (alike !== undefined) throw refused(describeLikeness(alike.username, username));
  if (await blobs.hasFilesOf(username)) throw refused("still has files of an earlier account");
}

/** How a name looks at a glance: l, I and 1 alike, and O and 0, in any case, with one kind of dash. */
function looksOf(username: string): string {
  return username.replace(/[lI1]/g, "i").toLowerCase().replaceAll("0", "o").replaceAll("_", "-");
}

function describeLikeness(known: string, username: string): string {
  if (known.toLowerCase() === username.toLowerCase()) return "is taken";
  return `looks like that of ${known}`;
}

function refused(why: string): Problem {
  return invalid("username", `This user name ${why}.`);
}
