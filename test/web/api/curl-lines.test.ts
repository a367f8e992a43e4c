/** Each line of curl of the page of the API is run in a shell, as a reader does who has replaced the words in capitals. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { href } from "../../../src/http/urls.ts";
import { scopeNames } from "../../../src/policy.ts";
import { PASSWORD, type Site, signIn, startSite } from "../../server/site.ts";
import { until } from "../../until.ts";

let site: Site;
let key = "";
let lines: ReadonlyMap<string, string>;
const folder = mkdtempSync(join(tmpdir(), "trunk8-curl-"));
const archive = join(folder, "backup.zip");
const file = join(folder, "a.txt");

beforeAll(async () => {
  await Bun.write(file, "some text");
  site = await startSite({ dataFolder: join(folder, "data"), workers: "" });
  const cookie = await signIn(site.origin);
  const headers = { cookie, "content-type": "application/json" };
  const body = JSON.stringify({ name: "curl", scopes: scopeNames });
  const made = await fetch(site.origin + href("apiKeys"), { method: "POST", headers, body });
  key = ((await made.json()) as { secret: string }).secret;
  await call("POST", href("apiUsers"), { username: "anna", password: PASSWORD });
  await Bun.write(archive, await (await call("GET", href("apiBackup"))).blob());
  for (const content of ["# One", "# Two, longer"])
    await call("PUT", href("apiLink", { shortCode: "paper" }), {
      kind: "markdown",
      tags: ["two"],
      content,
    });
  await addCollection();
  lines = await readLines();
}, 60_000);
afterAll(async () => {
  await site.stop();
  rmSync(folder, { recursive: true });
});

async function call(method: string, path: string, json?: object): Promise<Response> {
  const answer = await fetch(site.origin + path, {
    method,
    headers: { "x-api-key": key, ...(json && { "content-type": "application/json" }) },
    ...(json && { body: JSON.stringify(json) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}

/** By operation. */
async function readLines(): Promise<Map<string, string>> {
  const html = await (await fetch(site.origin + href("apiPage"))).text();
  const found = html.matchAll(/id="(\w+)">(?:(?!<\/details>)[\s\S])*?<code class="curl">([^<]+)/g);
  return new Map([...found].map(([, name = "", line = ""]) => [name, decoded(line)]));
}

function decoded(text: string): string {
  const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', amp: "&" };
  return text.replaceAll(/&(#39|\w+);/g, (_, name: string) => entities[name] ?? "'");
}

/** Answers where it is not one of success. */
const statuses: Readonly<Record<string, number>> = {
  // They need a person.
  createKey: 403,
  setPassword: 403,
  createOneTimePassword: 403,
  deleteUser: 403,
  // The only node runs.
  forgetNode: 404,
  // There is no backup of the site yet.
  downloadSiteBackup: 404,
};

/** What there must be before each line, and the values of the words in capitals. */
async function prepare(name: string): Promise<Readonly<Record<string, string>>> {
  const link = (shortCode: string) => href("apiLink", { shortCode });
  await call("PUT", link("mine"), { target: "https://a.example/" });
  await call("DELETE", link("mine"));
  for (const target of ["https://a.example/", "https://b.example/"])
    await call("PUT", link("mine"), { target, tags: ["one"], aliases: [`alias-${name}`] });
  if (name === "restoreLink") await call("PUT", link("binned"), { target: "https://a.example/" });
  if (name === "restoreLink") await call("DELETE", link("binned"));
  const trash = (await (await call("GET", href("apiTrash"))).json()) as Items<"trashed_code">;
  const keys = (await (await call("GET", href("apiKeys"))).json()) as Items<"id">;
  const run = /(?:Change|Restore)$/.test(name) ? await idOfRun(name) : null;
  return {
    SHORT_CODE: /^(?:list|add|change)Files$/.test(name)
      ? "album"
      : /content/i.test(name)
        ? "paper"
        : "mine",
    UPLOAD: /Upload$/.test(name) ? await beginUpload() : "",
    ALIAS: `alias-${name}`,
    VERSION: "1",
    TRASHED_CODE: String(trash.items[0]?.trashed_code),
    TAG: "one",
    TO: name === "transferLink" ? "admin" : name === "renameTag" ? "three" : "two",
    NEW_PASSWORD: PASSWORD,
    USERNAME: name === "createUser" ? "ben" : "anna",
    PASSWORD,
    DISPLAY_NAME: "Anna",
    SESSION: name === "endOwnSession" ? await makeSession() : "",
    NAME: name === "downloadSiteBackup" ? "none.zip" : "a key",
    NODE: "none",
    JOB: "count-visits",
    ID: String(run ?? keys.items[0]?.id),
    FILE: name === "startRestore" ? archive : file,
  };
}

/** The line that starts a change is the first of what has one id after the other. */
const FIRST = 1;

/** Changes and restores: an account has one at a time. */
async function idOfRun(name: string): Promise<number> {
  switch (name) {
    case "undoChange":
      await ended(FIRST);
      await call("POST", href("apiChanges"), {
        ...{ action: "add_tags", tags: ["undone"], filter: { tag: ["one"] } },
      });
      return await ended(FIRST + 1);
    case "startRestore":
      return await ended(FIRST + 2);
    case "readRestore":
    case "cancelRestore":
      return FIRST + 3;
    default:
      return FIRST;
  }
}

async function ended(id: number): Promise<number> {
  const path = href("apiChange", { id: String(id) });
  const state = async () => ((await (await call("GET", path)).json()) as { state: string }).state;
  await until(async () => (await state()) !== "running", { what: "a change to end", seconds: 30 });
  return id;
}

/** Returns the id of a session. */
async function makeSession(): Promise<string> {
  await signIn(site.origin);
  const found = (await (await call("GET", href("apiOwnSessions"))).json()) as Items<"id">;
  return String(found.items[0]?.id);
}

/** Returns the id of an upload of five bytes. */
async function beginUpload(): Promise<string> {
  const { headers } = await fetch(site.origin + href("apiUploads"), {
    method: "POST",
    headers: {
      "x-api-key": key,
      "tus-resumable": "1.0.0",
      "upload-length": String(Bun.file(file).size),
      "upload-metadata": `filename ${btoa("a.txt")}`,
    },
  });
  return headers.get("location")?.split("/").at(-1) ?? "";
}

async function addCollection(): Promise<void> {
  const body = new FormData();
  body.set("kind", "collection");
  body.set("short_code", "album");
  for (const name of ["a.txt", "b.txt"]) body.append("file", new File(["text"], name));
  const headers = { "x-api-key": key };
  const answer = await fetch(site.origin + href("apiFiles"), { method: "POST", headers, body });
  if (!answer.ok) throw new Error(await answer.text());
}

interface Items<Field extends string> {
  readonly items: readonly Readonly<Record<Field, unknown>>[];
}

/** Runs a line; returns the status of its answer and what came. */
async function run(line: string): Promise<{ status: number; output: string }> {
  const child = Bun.spawn(["sh", "-c", `${line} --no-fail -o answer -w '%{http_code}'`], {
    cwd: folder,
    env: { PATH: process.env.PATH, TRUNK8_KEY: key },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [status, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  const answer = Bun.file(join(folder, "answer"));
  const body = (await answer.exists()) ? (await answer.text()).slice(0, 500) : "";
  return { status: Number(status), output: errors + body };
}

test("each is answered as it should be", async () => {
  expect(lines.size).toBeGreaterThan(50);
  const failed: string[] = [];
  // The key of the examples must be there until the last line.
  const inOrder = [...lines].toSorted(
    ([a], [b]) => Number(a === "revokeKey") - Number(b === "revokeKey"),
  );
  for (const [name, line] of inOrder) {
    const values = await prepare(name);
    const words = line.replaceAll(/\b[A-Z][A-Z_]+\b/g, (word) => values[word] ?? word);
    const { status, output } = await run(words);
    const isRight =
      statuses[name] === undefined ? status >= 200 && status < 300 : status === statuses[name];
    if (!isRight) failed.push(`${name}: ${words}\n${status} ${output}`);
  }
  expect(failed.join("\n\n")).toBe("");
}, 120_000);

test("those that need no key send none", () => {
  for (const name of ["about", "readDocument", "readHealth"])
    expect(lines.get(name)).not.toContain("TRUNK8_KEY");
});
