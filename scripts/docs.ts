import { join } from "node:path";
import { Glob } from "bun";
import { makeDocument } from "../src/api/openapi/document.ts";
import { listOperations } from "../src/api/operations.ts";
import { environmentNames } from "../src/config/environment.ts";
import { type SettingKey, settingKeys, settingRow } from "../src/config/settings.ts";
import { text } from "../src/config/text.en.ts";
import type { Access } from "../src/http/url-row.ts";
import { urls } from "../src/http/urls.ts";
import { themeFiles } from "../src/web/static/themes/theme-files.ts";
import { boundRows } from "../test/bounds/bound-rows.ts";
import { callers } from "../test/web/permissions/permission-row.ts";
import { permissionRows } from "../test/web/permissions/permission-rows.ts";

interface Document {
  readonly path: string;
  readonly written: string;
  /** What it should be. */
  readonly wanted: string;
}

/** Documents generated from settings, URLs and the permission test that are out of date. */
export async function findOutdated(root: string): Promise<Document[]> {
  const documents = await Promise.all(
    [settingsPage, urlsPage, permissionsPage, limitsPage, openApi, usedClasses].map((page) =>
      page(root),
    ),
  );
  return documents.filter(({ written, wanted }) => written !== wanted);
}

/** Every setting as a row of a Markdown table. */
function settingsTable(): string {
  const head = [
    "| Setting | Default | Takes effect | Environment | What it does |",
    "|---|---|---|---|---|",
  ];
  return [...head, ...settingKeys.map(describe)].join("\n");
}

function describe(key: SettingKey): string {
  const row = settingRow(key);
  const cells = [
    `\`${key}\``,
    row.secret ? "" : `\`${JSON.stringify(row.default)}\``,
    row.takesEffect === "live" ? "immediately" : "after a restart",
    environmentNames(key)
      .map((name) => `\`${name}\``)
      .join(" "),
    text.settings[key].replaceAll("|", "\\|"),
  ];
  return `| ${cells.join(" | ")} |`;
}

async function settingsPage(root: string): Promise<Document> {
  const path = join(root, "docs", "settings.md");
  const wanted = `# Settings

A setting such as \`app.title\` is the key \`title\` under \`[app]\` in \`DATA/config/config.toml\`:

\`\`\`toml
[app]
title = "Links of Example Ltd"
\`\`\`

The order of precedence, from the highest:

1. Command-line options.
2. Environment variables.
3. With PostgreSQL: what an administrator saved on the page *Site settings*. It is in the database and applies to all nodes.
4. \`config.toml\`.

\`trunk8 config\` prints the settings in force and where each one is set.

In an environment variable, write a list with commas or as in \`config.toml\`. Both of these work, and so does a JSON array:

\`\`\`sh
TRUNK8_SERVER_TRUSTED_PROXIES=127.0.0.1,10.0.0.0/8
TRUNK8_SERVER_TRUSTED_PROXIES='["127.0.0.1", "10.0.0.0/8"]'
\`\`\`

${settingsTable()}
`;
  return { path, written: await readOrEmpty(path), wanted };
}

const accessNames: Readonly<Record<Access, string>> = {
  visitor: "everyone",
  signed_in: "signed in",
  in_person: "signed in, not impersonating",
  administrator: "administrators",
};

async function urlsPage(root: string): Promise<Document> {
  const path = join(root, "docs", "urls.md");
  const rows = Object.values(urls).map(({ pattern, methods, access, doc }) => {
    return `| \`${pattern}\` | ${methods.join(" ")} | ${accessNames[access]} | ${doc} |`;
  });
  const wanted = `# URLs

Every URL of the site. Send the fields as a form, urlencoded or multipart. An invalid form returns 422 with a message for each field. With \`Accept: application/json\`, errors are problem details (RFC 9457).

| URL | Methods | Access | Description |
|---|---|---|---|
${rows.join("\n")}
`;
  return { path, written: await readOrEmpty(path), wanted };
}

/** What each operation may cost, from the test that measures it. */
async function limitsPage(root: string): Promise<Document> {
  const path = join(root, "docs", "limits.md");
  const rows = boundRows.map(({ name, method, grows, bound, answer }) => {
    return `| ${method} \`${urls[name].pattern}\` | ${grows} | ${bound} | ${answer} |`;
  });
  const wanted = `# Limits

What makes each request more expensive, what bounds it, and what Trunk8 answers at the bound. A test sends every row at two sizes, one four times the other: four times the size costs at most five times the CPU time, and the response and the database grow no more than the row allows.

Requests are also limited by network and account (\`limits.*\` in [settings](settings.md)): 429 with \`Retry-After\`. Work that waits for a thread, a connection or a process waits in a queue with a bound: 503 with \`Retry-After\`.

| Request | Grows with | Bound | At the bound |
|---|---|---|---|
${rows.join("\n")}
`;
  return { path, written: await readOrEmpty(path), wanted };
}

async function permissionsPage(root: string): Promise<Document> {
  const path = join(root, "docs", "permissions.md");
  const rows = permissionRows.map(({ name, method, what, outcomes }) =>
    tableRow([`\`${urls[name].pattern}\``, method, what, ...outcomes]),
  );
  const heads = ["URL", "Method", "Request", ...callers];
  const wanted = `# Permissions

Who may do what with the links, files and data of another user, the "owner". \`test/web/permissions/permissions.test.ts\` sends every request below as each of these callers, compares the response, and checks that a refused request changes nothing. HEAD is answered like GET.

- \`yes\`: shown or done.
- \`nothing\`: accepted, but nothing of the owner's is changed.
- \`sign in\`: redirected to the sign-in page.
- A number: the HTTP status of the refusal. 404 is also returned for items of other users, so that their existence is not revealed.

${tableRow(heads)}
${tableRow(heads.map(() => "---"))}
${rows.join("\n")}
`;
  return { path, written: await readOrEmpty(path), wanted };
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/**
 * Classes of the themes that our sources name. Every word of the sources counts: one too many costs a few bytes, and one
 * too few the look of a page.
 */
async function usedClasses(root: string): Promise<Document> {
  const path = join(root, "src", "web", "static", "themes", "used-classes.ts");
  const sources = [...new Glob("src/{web,pages}/**/*.{ts,tsx,js}").scanSync(root)];
  const words = new Set<string>();
  for (const source of sources.filter((name) => !path.endsWith(name)))
    for (const [word] of (await readOrEmpty(join(root, source))).matchAll(/[A-Za-z][\w-]*/g))
      words.add(word);
  const used = [...(await themeClasses())].filter((name) => words.has(name)).sort();
  const wanted = `/** Classes of the themes that our sources name: written by \`npm run docs\`. */
export const usedClasses: ReadonlySet<string> = new Set([
${used.map((name) => `  "${name}",\n`).join("")}]);
`;
  return { path, written: await readOrEmpty(path), wanted };
}

/** Every class that a theme knows. */
export async function themeClasses(): Promise<ReadonlySet<string>> {
  const sheets = await Promise.all(Object.values(themeFiles).map((file) => Bun.file(file).text()));
  const heads = sheets.flatMap(
    (sheet) => sheet.replace(/"[^"]*"/g, "").match(/[^{}]+(?=\{)/g) ?? [],
  );
  return new Set(heads.flatMap((head) => head.match(/(?<=\.)[A-Za-z_][\w-]*/g) ?? []));
}

/** The OpenAPI document without its version, so that each change of the API is seen in a review. */
async function openApi(root: string): Promise<Document> {
  const path = join(root, "docs", "openapi.json");
  const document = makeDocument(listOperations());
  const info = { ...(document.info as object), version: "" };
  const wanted = `${JSON.stringify({ ...document, info }, null, 2)}\n`;
  return { path, written: await readOrEmpty(path), wanted };
}

async function readOrEmpty(path: string): Promise<string> {
  const file = Bun.file(path);
  return (await file.exists()) ? file.text() : "";
}

async function main(check: boolean): Promise<void> {
  for (const { path, wanted } of await findOutdated(join(import.meta.dir, ".."))) {
    process.stderr.write(`${path} ${check ? "is out of date: npm run docs" : "written"}\n`);
    if (check) process.exitCode = 1;
    else await Bun.write(path, wanted);
  }
}

if (import.meta.main) await main(process.argv.includes("--check"));
