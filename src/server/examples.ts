import { ADMIN_USERNAME, type User } from "../accounts/user.ts";
import type { App } from "../app.ts";
import { fileFieldOf, inputContext, parseNewLink, type RawFields } from "../links/input.ts";
import { operator } from "../policy.ts";

interface Example {
  readonly fields: RawFields;
  readonly file?: { readonly name: string; readonly text: string };
}

const NOTE = "Made on the first start. Edit or delete it as you like.";

const WELCOME = `Hello,

this file was put here on the first start, so that there is one to look at.

Whoever opens its short address gets exactly these bytes: pictures, sound,
films, PDF and plain text are shown in the browser where the link says so,
anything else is saved. Put another file in its place on the link's page, and
the address stays the same.
`;

/** One link of each kind there is, for the administrator to look at and throw away. */
const examples: readonly Example[] = [
  {
    fields: {
      short_code: "example",
      link_type: "redirect",
      url: "https://example.com/",
      title: "An example redirect",
      note: NOTE,
    },
  },
  {
    fields: {
      short_code: "example-file",
      link_type: "file",
      title: "An example file",
      note: NOTE,
      inline: "on",
    },
    file: { name: "welcome.txt", text: WELCOME },
  },
];

/** Makes the examples on the very first start. */
export async function addExamples(app: App): Promise<void> {
  const admin = await app.users.findByUsername(ADMIN_USERNAME);
  if (admin === null) return;
  for (const example of examples) await addExample(app, admin, example);
}

async function addExample(app: App, admin: User, { fields, file }: Example): Promise<void> {
  const came = new Set(file === undefined ? [] : [fileFieldOf.file]);
  const input = parseNewLink(fields, inputContext(app, []), came);
  await using received = file === undefined ? null : await receive(app, admin, file);
  await app.links.create(operator, { ownerId: admin.id }, input, received);
}

async function receive(app: App, admin: User, { name, text }: NonNullable<Example["file"]>) {
  return await app.blobs.receive(admin, { name, bytes: inOnePiece(text) }, Infinity);
}

async function* inOnePiece(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
