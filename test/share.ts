import type { User } from "../src/accounts/user.ts";
import { type NewLink, type NewLinkInput, parseNewLink } from "../src/links/input/link-schema.ts";
import type { Link } from "../src/links/link.ts";
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
  return world.app.files.blobs.receive(
    user,
    { name, bytes: chunks(Buffer.from(content)) },
    Infinity,
  );
}

export function newFileLink(shortCode: string): NewLink {
  return newLink({ shortCode, kind: "file" }, { hasContent: true });
}

/** A new link, checked by lenient rules; spans count from `now`. */
export function newLink(
  input: NewLinkInput,
  { now = 0, hasContent = false }: { now?: number; hasContent?: boolean } = {},
): NewLink {
  const context = { now, zone: "UTC", schemes: ["http", "https"], inline: false, ownOrigins: [] };
  return parseNewLink(input, context, { hasContent });
}

async function* chunks(bytes: Buffer): AsyncGenerator<Uint8Array> {
  const half = bytes.length >> 1;
  yield bytes.subarray(0, half);
  yield bytes.subarray(half);
}
