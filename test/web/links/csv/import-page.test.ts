/** Many links at once over the web: a preview, an answer at once, and a page that shows progress and result. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { runCsvImport } from "../../../../src/import/csv/run-csv-import.ts";
import type { Kind } from "../../../../src/links/link.ts";
import { text as linkText } from "../../../../src/links/text.en.ts";
import { operator } from "../../../../src/policy.ts";
import { runRestores } from "../../../../src/user-backup/restores/restore-queue.ts";
import { sweepArchives } from "../../../../src/user-backup/uploaded-archives.ts";
import { text } from "../../../../src/web/links/csv/text.en.ts";
import { databases, openTestApp, type World } from "../../../world.ts";
import { readPage } from "../../read-page.ts";

const JSON_ONLY = { accept: "application/json" };
const MIXED =
  "url,code,title\nhttps://example.org/a,a1,First\njavascript:x,a2,=Second\nexample.org/c,,\n";

describe.each(databases)("an import, on %s", (database) => {
  let world: World;
  let alice: string;
  beforeEach(async () => {
    world = await openTestApp({ database });
    alice = await world.signIn(world.people.alice);
  });
  afterEach(() => world.close());

  const get = (path: string, headers: Record<string, string> = {}) =>
    world.request(path, { headers: { cookie: alice, ...headers } });

  function post(fields: Record<string, string | File>, headers: Record<string, string> = {}) {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    return world.request("/-/import", {
      method: "POST",
      body,
      headers: { cookie: alice, ...headers },
    });
  }

  const fileOf = (csv: string) => new File([csv], "links.csv", { type: "text/csv" });

  async function preview(fields: Record<string, string | File>) {
    const response = await post(fields);
    expect(response.status).toBe(200);
    return await readPage(response);
  }

  async function start(fields: Record<string, string | File>): Promise<string> {
    const page = await preview(fields);
    const response = await post({ sent: page.values.sent ?? "", action: "import" });
    expect(response.status).toBe(303);
    return response.headers.get("location") ?? "";
  }

  const run = () => runRestores(world.app, { importCsv: runCsvImport });
  const linksOf = async () =>
    (await world.app.links.list(operator, { ownerId: world.people.alice.id, limit: 10 })).total;

  const sent = () => {
    const folder = join(world.dataFolder, "backups/sent");
    return existsSync(folder) ? readdirSync(folder) : [];
  };

  test("of a pasted list shows what it will do, and its result", async () => {
    const path = await start({ links: "https://example.org/1\nexample.org/2" });
    const page = await readPage(await get(path));
    expect(page.text).toContain(text.progress.done);
    expect(page.html).not.toContain("hx-trigger");
    expect(await linksOf()).toBe(2);
    expect(sent()).toEqual([]);
  });

  test("names what is wrong in which line, and creates the others", async () => {
    const page = await preview({ file: fileOf(MIXED) });
    expect(page.text).toContain(text.preview.links(2));
    expect(page.text).toContain(text.preview.faults(1));
    expect(page.text).toContain(text.preview.importGood(2));
    expect(await linksOf()).toBe(0);
    const location = await start({ file: fileOf(MIXED) });
    const result = await readPage(await get(location));
    expect(result.links).toContain("/-/links/a1");
    const list = await get(`${location}/refused.csv`);
    expect(list.headers.get("content-disposition")).toContain("refused.csv");
    expect(await list.text()).toMatch(/^url,code,title,line,reason\r\njavascript:x,a2,'=Second,3,/);
    expect(await linksOf()).toBe(2);
  });

  test("of a large file is answered at once, watched, and cancelled between two portions", async () => {
    const rows = Array.from({ length: 1200 }, (_, at) => `https://example.org/${at},n${at}`);
    const path = await start({ file: fileOf(`url,code\n${rows.join("\n")}`) });
    const running = await (await get(path)).text();
    expect(running).toContain("<progress");
    expect(running).toContain('hx-trigger="every 2s"');
    expect(running).toContain('http-equiv="refresh"');
    expect((await readPage(await get("/-/import"))).links).toContain(path);
    // A restore would not wait for it.
    expect((await readPage(await get("/backup/restore"))).links).not.toContain(path);
    expect((await get(`/backup/restore/${path.split("/").at(-1)}`)).status).toBe(404);
    const seen: number[] = [];
    const onProgress = ({ place }: { place: number }) => void seen.push(place);
    await runRestores(world.app, { importCsv: runCsvImport, onProgress });
    expect(seen).toEqual([0, 500, 1000, 1200]);
    expect(await (await get(path, JSON_ONLY)).json()).toMatchObject({
      state: "done",
      lines: 1200,
      created: 1200,
      refused: 0,
      faults: [],
      problem: null,
    });
    const again = await start({
      file: fileOf(`url,code\n${rows.join("\n").replaceAll(",n", ",m")}`),
    });
    const body = new URLSearchParams({ action: "cancel" });
    await world.request(again, { method: "POST", body, headers: { cookie: alice } });
    await run();
    expect(await (await get(again)).text()).toContain(text.progress.cancelled);
    expect(await linksOf()).toBe(1200);
  });

  test("goes on after its process stopped, and creates no link twice", async () => {
    const rows = Array.from({ length: 1200 }, (_, at) =>
      at % 400 === 7 ? "nothing" : `https://example.org/${at}`,
    );
    const path = await start({ file: fileOf(`url\n${rows.join("\n")}\n${" ".repeat(40_000)}`) });
    const stopping = new AbortController();
    const onProgress = ({ place }: { place: number }) => place === 500 && stopping.abort();
    await runRestores(world.app, {
      importCsv: runCsvImport,
      stopping: stopping.signal,
      onProgress: (progress) => void onProgress(progress),
    });
    expect(await linksOf()).toBe(498);
    await run();
    expect(await (await get(path, JSON_ONLY)).json()).toMatchObject({ created: 1197, refused: 3 });
    const list = await (await get(`${path}/refused.csv`)).text();
    expect(list.split("\r\n").map((line) => line.split(",")[1])).toEqual([
      "line",
      "9",
      "409",
      "809",
      undefined as never,
    ]);
    expect(await linksOf()).toBe(1197);
  });

  test("is a preview and 202 for programs, and one at a time", async () => {
    const shown = await post({ links: MIXED }, JSON_ONLY);
    const body = (await shown.json()) as { sent: string };
    expect(body).toMatchObject({ links: 2, refused: 1, faults: [{ line: 3 }], ignored: [] });
    const { alice: user } = world.people;
    const order = { ownerId: user.id, mode: "csv", archive: "/nowhere", isSent: false } as const;
    const other = await world.app.links.restores.create(operator, order);
    const busy = await post({ sent: body.sent, action: "import" }, JSON_ONLY);
    expect(busy.status).toBe(503);
    await world.app.links.restores.cancel(other.id);
    world.clock.advance(4_000_000);
    await run();
    const fresh = await post({ links: MIXED, action: "import" }, JSON_ONLY);
    expect(fresh.status).toBe(202);
    expect(await fresh.json()).toMatchObject({ state: "done", created: 2, refused: 1 });
  });

  test("needs a key that may create redirects", async () => {
    const importBy = async (...kinds: Kind[]) => {
      const scopes = ["links:create" as const];
      const input = { name: "import", scopes, ...(kinds.length > 0 && { kinds }) };
      const made = await world.app.accounts.keys.create(operator, world.people.alice, input);
      const body = new FormData();
      body.set("links", "https://example.org/1");
      body.set("action", "import");
      const headers = { ...JSON_ONLY, authorization: `Bearer ${made.secret}` };
      const answer = await world.request("/-/import", { method: "POST", body, headers });
      if (answer.status !== 202) return answer.status;
      const progress = answer.headers.get("location") ?? "";
      return [202, (await world.request(progress, { headers })).status];
    };
    expect(await importBy()).toEqual([202, 200]);
    expect(await importBy("redirect", "html")).toEqual([202, 200]);
    expect(await importBy("file")).toBe(403);
  });

  test.each<[what: string, fields: Record<string, string>, problem: [string, string]]>([
    ["nothing", {}, ["links", text.form.nothing]],
    ["a file that is gone", { sent: "1-2" }, ["file", text.form.fileGone]],
    ["no destinations", { links: "title,note\nx,y" }, ["file", linkText.csv.noDestination]],
  ])("is refused with %s", async (_, fields, [name, problem]) => {
    const response = await post(fields);
    expect(response.status).toBe(422);
    expect((await readPage(response)).problems[name]).toBe(problem);
    expect(sent()).toEqual([]);
  });

  test("of another user's upload is refused", async () => {
    const page = await preview({ links: MIXED });
    const bob = await world.signIn(world.people.bob);
    const body = new URLSearchParams({ sent: page.values.sent ?? "", action: "import" });
    const init = { method: "POST", body, headers: { cookie: bob } };
    expect((await world.request("/-/import", init)).status).toBe(422);
  });

  test("keeps its list of refused lines for 30 days", async () => {
    const path = await start({ links: MIXED });
    world.clock.set(Date.now() + 29 * 86_400_000);
    await sweepArchives(world.app);
    alice = await world.signIn(world.people.alice);
    expect((await get(`${path}/refused.csv`)).status).toBe(200);
    world.clock.set(Date.now() + 31 * 86_400_000);
    await sweepArchives(world.app);
    alice = await world.signIn(world.people.alice);
    expect((await get(`${path}/refused.csv`)).status).toBe(404);
  });
});
