import { ADMIN_USERNAME, type User } from "../accounts/user.ts";
import type { App } from "../app.ts";
import { inOneChunk } from "../files/receive.ts";
import {
  type FileField,
  fileFieldOf,
  inputContext,
  parseNewLink,
  type RawFields,
} from "../links/link-input.ts";
import { operator } from "../policy.ts";

interface Example {
  readonly fields: RawFields;
  readonly file?: ExampleFile;
}

interface ExampleFile {
  readonly field: FileField;
  readonly name: string;
  readonly text: string;
}

const NOTE = "Made on the first start. Edit or delete it as you like.";

const WELCOME = `Hello,

this file was put here on the first start, so that there is one to look at.

Whoever opens its short address gets exactly these bytes: pictures, sound,
films, PDF and plain text are shown in the browser where the link says so,
anything else is saved. Put another file in its place on the link's page, and
the address stays the same.
`;

const DOCUMENT = `# A document

This page is written in Markdown, and what you see is made of it on the server. Its source is one click away, below.

| You write | You get |
| --- | --- |
| \`*emphasis*\` | *emphasis* |
| \`**weight**\` | **weight** |
| \`[a link](https://example.com/)\` | [a link](https://example.com/) |

- [x] Tables, lists and footnotes[^1]
- [ ] Your own text

> [!TIP]
> Each reader sees it in the theme that they chose in their settings.

\`\`\`python
def area(radius):
    return 3.14159 * radius ** 2
\`\`\`

Formulas are set as well: $A = \\pi r^2$.

[^1]: Like this one.
`;

const WEB_PAGE = `<!doctype html>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A web page</title>
<style>
  body { max-width: 30rem; margin: 3rem auto; padding: 0 1rem; font: 1.1rem/1.5 system-ui; }
  button { font: inherit; padding: 0.5rem 1rem; }
</style>
<h1>A web page</h1>
<p>Made by hand: its styles and scripts work, kept apart from this site and from whoever is signed in to it.</p>
<button type="button">Pressed <output>0</output> times</button>
<script>
  const output = document.querySelector("output");
  document.querySelector("button").addEventListener("click", () => { output.value = Number(output.value) + 1; });
</script>
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
    file: { field: fileFieldOf.file, name: "welcome.txt", text: WELCOME },
  },
  {
    fields: {
      short_code: "example-document",
      link_type: "markdown",
      title: "An example document",
      note: NOTE,
    },
    file: { field: fileFieldOf.markdown, name: "document.md", text: DOCUMENT },
  },
  {
    fields: {
      short_code: "example-page",
      link_type: "html",
      title: "An example web page",
      note: NOTE,
    },
    file: { field: fileFieldOf.html, name: "page.html", text: WEB_PAGE },
  },
];

/** Makes the examples on the very first start. */
export async function addExamples(app: App): Promise<void> {
  const admin = await app.users.findByUsername(ADMIN_USERNAME);
  if (admin === null) return;
  for (const example of examples) await addExample(app, admin, example);
}

async function addExample(app: App, admin: User, { fields, file }: Example): Promise<void> {
  const came = new Set(file === undefined ? [] : [file.field]);
  const input = parseNewLink(fields, inputContext(app, []), came);
  await using received = file === undefined ? null : await receive(app, admin, file);
  await app.links.create(operator, { ownerId: admin.id }, input, received);
}

async function receive(app: App, admin: User, { name, text }: ExampleFile) {
  return await app.blobs.receive(admin, { name, bytes: inOneChunk(text) }, Infinity);
}
