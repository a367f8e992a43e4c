import { ADMIN_USERNAME, type User } from "../accounts/user.ts";
import type { App } from "../app.ts";
import { inputContext, type NewLinkInput, parseNewLink } from "../links/input/link-schema.ts";
import { operator } from "../policy.ts";
import { text } from "./text.en.ts";

interface Example {
  readonly input: NewLinkInput;
  readonly file?: { readonly name: string; readonly text: string };
}

/** Returns one link of each kind, for the administrator to look at and delete. */
function listExamples(): Example[] {
  const { note, redirectTitle, fileTitle, documentTitle, pageTitle, file, document, page } =
    text.examples;
  return [
    {
      input: {
        shortCode: "example",
        kind: "redirect",
        target: "https://example.com/",
        title: redirectTitle,
        note,
      },
    },
    {
      input: { shortCode: "example-file", kind: "file", title: fileTitle, note, inline: true },
      file: { name: "welcome.txt", text: file },
    },
    {
      input: { shortCode: "example-document", kind: "markdown", title: documentTitle, note },
      file: { name: "document.md", text: document },
    },
    {
      input: { shortCode: "example-page", kind: "html", title: pageTitle, note },
      file: { name: "page.html", text: page },
    },
  ];
}

/** Creates the examples on the first start. */
export async function addExamples(app: App): Promise<void> {
  const admin = await app.accounts.users.findByUsername(ADMIN_USERNAME);
  if (admin === null) return;
  for (const example of listExamples()) await addExample(app, admin, example);
}

async function addExample(app: App, admin: User, { input, file }: Example): Promise<void> {
  const link = parseNewLink(input, inputContext(app, []), { hasContent: file !== undefined });
  await using received = file === undefined ? null : await receive(app, admin, file);
  await app.links.create(operator, { ownerId: admin.id }, link, received);
}

async function receive(app: App, admin: User, file: Required<Example>["file"]) {
  const bytes = new Blob([file.text]).stream();
  return await app.files.blobs.receive(admin, { name: file.name, bytes }, Infinity);
}
