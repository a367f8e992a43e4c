import type { User } from "../src/accounts/user.ts";
import type { NewLink } from "../src/links/input/link-schema.ts";
import type { Link } from "../src/links/link.ts";
import { parseNewLink } from "../src/links/link-input.ts";
import { operator } from "../src/policy.ts";
import type { World } from "./world.ts";

/** A file for a new link. */
export interface Shared extends Partial<Omit<NewLink, "shortCode">> {
  readonly code: string;
  readonly name: string;
  readonly bytes: Uint8Array | string;
}

/** Creates a link of `user` that serves a file. */
export async function share(world: Pick<World, "app">, user: User, shared: Shared): Promise<Link> {
  const { code, name, bytes, ...changes } = shared;
  await using file = await receive(world, user, name, bytes);
  const input = { ...newFileLink(code), ...changes };
  return await world.app.links.create(operator, { ownerId: user.id }, input, file);
}

/** Receives a file of `user` in two chunks. */
export function receive(
  world: Pick<World, "app">,
  user: User,
  name: string,
  content: Uint8Array | string,
) {
  return world.app.blobs.receive(user, { name, bytes: chunks(Buffer.from(content)) }, Infinity);
}

export function newFileLink(code: string): NewLink {
  const context = { now: 0, zone: "UTC", schemes: ["https"], ownOrigins: [] };
  return parseNewLink({ short_code: code, link_type: "file" }, context, new Set(["file" as const]));
}

async function* chunks(bytes: Buffer): AsyncGenerator<Uint8Array> {
  const half = bytes.length >> 1;
  yield bytes.subarray(0, half);
  yield bytes.subarray(half);
}
