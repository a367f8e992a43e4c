import { join } from "node:path";
import { environmentNames } from "../src/config/environment.ts";
import { type SettingKey, settingKeys, settingRow } from "../src/config/settings.ts";
import { text } from "../src/config/text.en.ts";
import { type Access, urls } from "../src/http/urls.ts";
import { callers, permissionRows } from "../test/web/permission-rows.ts";

const BEGIN = "<!-- settings:begin -->";
const END = "<!-- settings:end -->";

interface Document {
  readonly path: string;
  /** What stands there, and what should. */
  readonly written: string;
  readonly wanted: string;
}

/** The documents generated from settings, URLs and the permission test that do not say what they should. */
export async function findOutdated(root: string): Promise<Document[]> {
  const documents = [
    await settingsPage(root),
    await readme(root),
    await addressesPage(root),
    await permissionsPage(root),
  ];
  return documents.filter(({ written, wanted }) => written !== wanted);
}

/** Every setting as a row of a Markdown table. */
export function settingsTable(): string {
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

Set \`section.name\` as \`name\` under \`[section]\` in \`DATA/config/config.toml\`. With PostgreSQL, the page "Site settings" saves to the database, which applies to all nodes and overrides each node's config.toml. Environment variables override both, and command line options override everything. \`trunk8 config\` prints the effective settings and where each comes from.

${settingsTable()}
`;
  return { path, written: await readOrEmpty(path), wanted };
}

const visitors: Readonly<Record<Access, string>> = {
  visitor: "anybody",
  signed_in: "signed in",
  in_person: "signed in, not in another's place",
  administrator: "administrators",
};

async function addressesPage(root: string): Promise<Document> {
  const path = join(root, "docs", "addresses.md");
  const rows = Object.values(urls).map(({ pattern, methods, access, doc }) => {
    return `| \`${pattern}\` | ${methods.join(" ")} | ${visitors[access]} | ${doc} |`;
  });
  const wanted = `# Addresses

Every address of the site; fields are those of a form, urlencoded or multipart. A refused form answers 422 with a message beside each field, a program that asks for \`application/json\` gets problem details (RFC 9457).

| Address | Methods | Who | What for |
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
  const heads = ["Address", "Method", "What is asked", ...callers];
  const wanted = `# Permissions

Who may do what, with things that are the owner's. \`test/web/permissions.test.ts\` asks every row as each of them and finds it so; what is refused it also finds undone. HEAD is answered as GET is.

\`yes\`: shown or done. \`nothing\`: passed over, and nothing of the owner's is changed. \`sign in\`: led to the sign-in page. A number is the status of the refusal: 404 also stands for what is another's, so that nobody learns that it is there.

${tableRow(heads)}
${tableRow(heads.map(() => "---"))}
${rows.join("\n")}
`;
  return { path, written: await readOrEmpty(path), wanted };
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** The README with the table between its markers; without markers it is as it should be. */
async function readme(root: string): Promise<Document> {
  const path = join(root, "README.md");
  const written = await readOrEmpty(path);
  const [before, rest] = split(written, BEGIN);
  const [, after] = split(rest ?? "", END);
  if (after === undefined) return { path, written, wanted: written };
  return { path, written, wanted: `${before}${BEGIN}\n${settingsTable()}\n${END}${after}` };
}

function split(text: string, marker: string): [string, string | undefined] {
  const at = text.indexOf(marker);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + marker.length)];
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
