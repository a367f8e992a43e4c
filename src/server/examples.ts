import { ADMIN_USERNAME, type User } from "../accounts/user.ts";
import type { App } from "../app.ts";
import { inputContext, type NewLinkInput, parseNewLink } from "../links/input/link-schema.ts";
import { operator } from "../policy.ts";

interface Example {
  readonly input: NewLinkInput;
  readonly file?: ExampleFile;
}

interface ExampleFile {
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
    input: {
      shortCode: "example",
      kind: "redirect",
      target: "https://example.com/",
      title: "An example redirect",
      note: NOTE,
    },
  },
  {
    input: {
      shortCode: "example-file",
      kind: "file",
      title: "An example file",
      note: NOTE,
      inline: true,
    },
    file: { name: "welcome.txt", text: WELCOME },
  },
  {
    input: {
      shortCode: "example-document",
      kind: "markdown",
      title: "An example document",
      note: NOTE,
    },
    file: { name: "document.md", text: DOCUMENT },
  },
  {
    input: {
      shortCode: "example-page",
      kind: "html",
      title: "An example web page",
      note: NOTE,
    },
    file: { name: "page.html", text: WEB_PAGE },
  },
];

/** Makes the examples on the very first start. */
export async function addExamples(app: App): Promise<void> {
  const admin = await app.users.findByUsername(ADMIN_USERNAME);
  if (admin === null) return;
  for (const example of examples) await addExample(app, admin, example);
}

async function addExample(app: App, admin: User, { input, file }: Example): Promise<void> {
  const link = parseNewLink(input, inputContext(app, []), { hasContent: file !== undefined });
  await using received = file === undefined ? null : await receive(app, admin, file);
  await app.links.create(operator, { ownerId: admin.id }, link, received);
}

async function receive(app: App, admin: User, { name, text }: ExampleFile) {
  return await app.blobs.receive(admin, { name, bytes: new Blob([text]).stream() }, Infinity);
}
