/** Settings that several nodes have in common: kept in their database, followed by all. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { LiveSettings } from "../../src/config/live-settings.ts";
import { text } from "../../src/config/text.en.ts";
import { text as values } from "../../src/config/values/text.en.ts";
import type { Database } from "../../src/database/database.ts";
import { openDatabase } from "../../src/database/open-database.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { openPostgres, postgresIsAvailable } from "../postgres.ts";
import { until } from "../until.ts";
import { DataFolder } from "./folder.ts";

interface Node extends AsyncDisposable {
  readonly live: LiveSettings;
  readonly database: Database;
  readonly folder: DataFolder;
  readonly warnings: string[];
}

async function openNode(url: string, toml = "", env: Record<string, string> = {}): Promise<Node> {
  const folder = new DataFolder(toml);
  const warnings: string[] = [];
  const warn = (_: object, message: string) => void warnings.push(message);
  const log = { info() {}, warn, error: warn };
  const live = await LiveSettings.start({ dataFolder: folder.path, env, flags: {}, log });
  const options = { url, poolSize: 3, dataFolder: folder.path, log: silentLog() };
  const database = await openDatabase(options);
  await live.share({ table: database.settings, inTurn: (work) => work() });
  const close = async () => {
    await live.share(null);
    live.close();
    await database.close();
    folder[Symbol.dispose]();
  };
  return { live, database, folder, warnings, [Symbol.asyncDispose]: close };
}

describe.skipIf(!postgresIsAvailable)("two nodes on one database", () => {
  let server: { url: string; drop(): Promise<void> };
  let here: Node;
  let there: Node;

  beforeAll(async () => {
    server = await (await openPostgres()).freshDatabase();
  });
  afterAll(() => server.drop());
  beforeEach(async () => {
    here = await openNode(server.url, '[app]\ntitle = "From the file"\nhome = "login"\n');
    there = await openNode(server.url, "", { TRUNK8_APP_THEME: "lux" });
    await here.database.write((trx) => trx.deleteFrom("setting").execute());
    for (const { live } of [here, there]) await live.reload();
  });
  afterEach(async () => {
    for (const node of [here, there]) await node[Symbol.asyncDispose]();
  });

  const untilTitle = (node: Node, title: string) =>
    until(() => node.live.current["app.title"] === title, {
      what: `the title ${title}`,
      seconds: 1,
    });

  test("a saved setting takes effect on its node immediately and on the other within a second", async () => {
    await here.live.save({ "app.title": "For all", "links.schemes": ["https"] });
    expect(here.live.current["app.title"]).toBe("For all");
    await untilTitle(there, "For all");
    expect(there.live.current["links.schemes"]).toEqual(["https"]);
  });

  test("the database overrides the file, and variables override both", async () => {
    expect(here.live.current["app.title"]).toBe("From the file");
    await here.live.save({ "app.title": "For all", "app.theme": "darkly" });
    await there.live.reload();
    expect(here.live.current).toMatchObject({ "app.title": "For all", "app.theme": "darkly" });
    expect(there.live.current["app.theme"]).toBe("lux");
    expect(there.live.overriderOf("app.theme")).toContain("TRUNK8_APP_THEME");
    expect(here.live.overriderOf("app.title")).toBe(null);
  });

  test("concurrent saves of different settings are both kept", async () => {
    for (let round = 1; round <= 10; round++) {
      await Promise.all([
        here.live.save({ "audit.retention_days": round, "app.title": `Round ${round}` }),
        there.live.save({ "visits.retention_days": round, "app.title": `Round ${round}` }),
      ]);
      for (const { live } of [here, there]) await live.reload();
      for (const { live } of [here, there])
        expect(live.current).toMatchObject({
          "audit.retention_days": round,
          "visits.retention_days": round,
        });
    }
  });

  test("a broken file does not stop the database from being followed", async () => {
    here.folder.save('[app]\ntitle = "Broken\n');
    await here.live.reload();
    expect(here.live.fault).toContain("line 2, column");
    await there.live.save({ "app.title": "For all" });
    await untilTitle(here, "For all");
    expect(here.live.fault).toContain("line 2, column");
  });

  test("unknown and refused settings in the database cause warnings and are skipped", async () => {
    const rows = [
      { key: "app.colour", value: '"red"' },
      { key: "app.title", value: "17" },
      { key: "audit.retention_days", value: "8" },
    ];
    await here.database.write((trx) => trx.insertInto("setting").values(rows).execute());
    await here.live.reload();
    expect(here.live.current).toMatchObject({
      "app.title": "From the file",
      "audit.retention_days": 8,
    });
    const { database } = text.sources;
    expect(here.warnings).toContain(text.unknown(database, "app.colour"));
    expect(here.warnings).toContain(text.mustBe(database, "app.title", values.line(60)));
  });

  test("the last settings are kept while the database is unavailable", async () => {
    await here.live.save({ "app.title": "For all" });
    await here.database.close();
    await here.live.reload();
    expect(here.live.current["app.title"]).toBe("For all");
    expect(here.warnings.at(-1)).toContain("could not be read");
    here = await openNode(server.url);
  });
});
