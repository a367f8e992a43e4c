import { catalogue } from "../text/catalogue.ts";

/** Texts of the server: health checks, and reasons why it does not start. */
export const text = catalogue({
  listen: {
    inUse: (address: string) =>
      `Cannot listen on ${address}. Is another program using that address?`,
    opsInUse: (address: string) =>
      `Cannot serve metrics and health checks on ${address}. Is another program using that address? Set ops.listen (TRUNK8_OPS_LISTEN) to another address, or leave it empty.`,
  },

  health: {
    notReady: "Not ready.",
    degraded: "Links are answered, but something else is wrong.",
    noWorker: "No worker responds.",
    readOnly: "Use GET.",
    foreignHost: "Use the address of this machine, or its name in ops.listen.",
  },

  workers: {
    cannotStart: "A worker did not start. See its message above.",
  },

  request: {
    timedOut: "The request took too long. Try again in a moment.",
    nothingHere: "There is nothing at this address.",
    methodNotAllowed: "This address does not support that method.",
    methodUnknown: "This method is not supported.",
    proxyUntrusted:
      "A proxy on this machine sends X-Forwarded-For but is not trusted, so every visitor appears to come from it. Set server.trusted_proxies.",
  },

  examples: {
    note: "Created on the first start. Edit or delete it as you like.",
    redirectTitle: "An example link",
    fileTitle: "An example file",
    documentTitle: "An example Markdown page",
    pageTitle: "An example HTML page",
    file: `Hello,

this file was created on the first start, as an example.

Its short link sends visitors exactly these bytes. Images, audio, video, PDF
and plain text can open in the browser; other files are downloaded. When you
replace the file on the link's edit page, the short link stays the same.
`,
    document: `# A Markdown page

This page is written in Markdown and rendered on the server. Its source is one click away, below.

| You write | You get |
| --- | --- |
| \`*emphasis*\` | *emphasis* |
| \`**strong**\` | **strong** |
| \`[a link](https://example.com/)\` | [a link](https://example.com/) |

- [x] Tables, lists and footnotes[^1]
- [ ] Your own text

> [!TIP]
> Visitors see the page in the theme that its owner chose in the settings.

\`\`\`python
def area(radius):
    return 3.14159 * radius ** 2
\`\`\`

Formulas work, too: $A = \\pi r^2$.

[^1]: Like this one.
`,
    page: `<!doctype html>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>An HTML page</title>
<style>
  body { max-width: 30rem; margin: 3rem auto; padding: 0 1rem; font: 1.1rem/1.5 system-ui; }
  button { font: inherit; padding: 0.5rem 1rem; }
</style>
<h1>An HTML page</h1>
<p>Styles and scripts work. They run isolated from this site and its signed-in users.</p>
<button type="button">Clicked <output>0</output> times</button>
<script>
  const output = document.querySelector("output");
  document.querySelector("button").addEventListener("click", () => { output.value = Number(output.value) + 1; });
</script>
`,
  },
});
