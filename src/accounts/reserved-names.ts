import { sql } from "kysely";
import type { Database } from "../database/database.ts";
import type { Blobs } from "../files/blobs.ts";
import { invalid } from "../problem.ts";
import { text } from "./text.en.ts";

/** Names that seem to speak for the site. */
const RESERVED = ["administrator", "operator", "root", "system", "trunk8"];

/**
 * Refuses the name of a new account that is reserved, taken, too similar to another, or has files on the disk.
 * @throws Problem `invalid` on `username`
 */
export async function requireNewName(
  { read }: Pick<Database, "read">,
  blobs: Blobs,
  username: string,
): Promise<void> {
  const shape = shapeOf(username);
  if (RESERVED.some((name) => shapeOf(name) === shape))
    throw invalid("username", text.username.reserved);
  const users = read.selectFrom("user").select("username");
  const similar = await users.where(storedShape, "=", shape).limit(1).executeTakeFirst();
  if (similar !== undefined) throw invalid("username", describeSimilar(similar.username, username));
  if (await blobs.hasFilesOf(username)) throw invalid("username", text.username.hasFiles);
}

/** How a name looks at a glance: l, I and 1 alike, O and 0 alike, in any case, with one kind of dash. */
function shapeOf(username: string): string {
  return username.replace(/[lI1]/g, "i").toLowerCase().replaceAll("0", "o").replaceAll("_", "-");
}

/** The same of stored names, as the index `user_shape` has it. */
const storedShape = sql<string>`replace(replace(lower(replace(replace(replace(
  username, 'l', 'i'), 'I', 'i'), '1', 'i')), '0', 'o'), '_', '-')`;

function describeSimilar(known: string, username: string): string {
  if (known.toLowerCase() === username.toLowerCase()) return text.username.taken;
  return text.username.similar(known);
}
