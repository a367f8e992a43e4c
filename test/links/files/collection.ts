/** Collections for tests. */
import type { User } from "../../../src/accounts/user.ts";
import { parseFilePath } from "../../../src/links/files/file-path.ts";
import type { NewLinkFile } from "../../../src/links/files/link-file.ts";
import { inputContext, parseNewLink } from "../../../src/links/input/link-schema.ts";
import type { Link } from "../../../src/links/link.ts";
import { operator } from "../../../src/policy.ts";
import { receive } from "../../share.ts";
import type { World } from "../../world.ts";

type Texts = Readonly<Record<string, string | Uint8Array>>;

/** Files that are received, but in no link yet. */
export async function newFiles({ app }: Pick<World, "app">, owner: User, texts: Texts) {
  const files: NewLinkFile[] = [];
  for (const [name, text] of Object.entries(texts)) {
    const file = await receive({ app }, owner, name, text);
    files.push({ path: parseFilePath(name, "files"), title: "", file });
  }
  return {
    files,
    [Symbol.asyncDispose]: async () => {
      for (const { file } of files) await file[Symbol.asyncDispose]();
    },
  };
}

/** Creates a collection with files by their paths. */
export async function collectionOf(
  { app }: Pick<World, "app">,
  owner: User,
  shortCode: string,
  texts: Texts,
  options: Readonly<Record<string, unknown>> = {},
): Promise<Link> {
  await using received = await newFiles({ app }, owner, texts);
  const { files } = received;
  const note = { hasContent: false, hasFiles: files.length > 0 };
  const given = { shortCode, kind: "collection" as const, ...options };
  const input = parseNewLink(given, inputContext(app, []), note);
  return await app.links.create(operator, { ownerId: owner.id, files }, input);
}

/** The paths and the bytes of a collection's files. */
export async function contentsOf(
  { app }: Pick<World, "app">,
  shortCode: string,
): Promise<[path: string, text: string][]> {
  const { id } = await app.links.get(operator, shortCode);
  const files = await app.links.files.page(id, 0, 500);
  return await Promise.all(
    files.map(async ({ path, content }): Promise<[string, string]> => {
      return [path, await (await app.files.blobs.open(content)).text()];
    }),
  );
}
