/** Queries that must follow an index, however many rows there are. */

import { Database as Connection } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, spyOn, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CompiledQuery, KyselyPlugin } from "kysely";
import { findMostIterations } from "../../src/accounts/auth/old-password-hash.ts";
import { requireNewName } from "../../src/accounts/reserved-names.ts";
import { Audit, type AuditFilter } from "../../src/audit/audit.ts";
import type { Database } from "../../src/database/database.ts";
import { timeDatabase, WriteHealth } from "../../src/database/query-timing.ts";
import { Blobs } from "../../src/files/blobs.ts";
import { LocalStore } from "../../src/files/store/local-store.ts";
import { operator } from "../../src/policy.ts";
import { as, openTestApp, type World } from "../world.ts";

describe("on SQLite", () => {
  let world: World;
  let connection: Connection;
  beforeAll(async () => {
    world = await openTestApp();
    connection = new Connection(join(world.dataFolder, "trunk8.db"));
    connection.function("in_time", (_column: unknown) => 1);
  });
  afterAll(async () => {
    connection.close();
    await world.close();
  });

  /** Returns how the queries of `work` are carried out. */
  async function plansOf(work: (database: Database) => Promise<unknown>): Promise<string[]> {
    const { database } = world.app;
    const queries: CompiledQuery[] = [];
    const spied = (lane: Database["read"]): Database["read"] =>
      lane.withPlugin({
        transformQuery: ({ node }) => {
          queries.push(lane.getExecutor().compileQuery(node, { queryId: "" }));
          return node;
        },
        transformResult: async ({ result }) => result,
      } satisfies KyselyPlugin);
    const { read, scan, lookup } = database;
    await work({ ...database, read: spied(read), scan: spied(scan), lookup: spied(lookup) });
    return queries.flatMap(({ sql, parameters }) => {
      const plan = connection.query(`explain query plan ${sql}`);
      // A query that is compiled once has places for its values.
      const values = parameters.map((value) => (typeof value === "object" ? 1 : value));
      const rows = plan.all(...(values as string[])) as { detail: string }[];
      return rows.map(({ detail }) => detail);
    });
  }

  const filters: [string, AuditFilter][] = [
    ["no filter", {}],
    ["an action", { action: "link.created" }],
    ["an actor", { actor: "ALICE" }],
    ["a resource", { resource: "abc" }],
    ["an address", { address: "203.0.113.7" }],
    ["a time", { since: 1, until: 2 }],
    ["an actor and a time", { actor: "alice", until: 2 }],
  ];
  test.each(filters)(
    "the audit log by %s follows an index, already in order",
    async (_, filter) => {
      const plans = await plansOf((database) =>
        new Audit({ database, clock: world.clock.now }).list(operator, filter, { limit: 50 }),
      );
      expect(plans.length).toBeGreaterThan(0);
      for (const plan of plans) expect(plan).toMatch(/^(SEARCH|SCAN) audit_event USING INDEX/);
    },
  );

  const activities: [string, (audit: Audit) => Promise<unknown>][] = [
    ["a page of", (audit) => audit.ownOf(as(world.people.alice), { limit: 5 })],
    ["the latest of", (audit) => audit.latestOwn(as(world.people.alice), 5)],
  ];
  test.each(activities)(
    "%s the activity of one account follows two indexes, already in order",
    async (_, read) => {
      const plans = await plansOf((database) =>
        read(new Audit({ database, clock: world.clock.now })),
      );
      expect(plans).toHaveLength(2);
      for (const plan of plans) expect(plan).toMatch(/^SEARCH audit_event USING INDEX/);
    },
  );

  test("a new username is compared with those that look alike alone", async () => {
    const plans = await plansOf((database) =>
      requireNewName(database, world.app.files.blobs, "nobody-else"),
    );
    expect(plans).toEqual([expect.stringMatching(/^SEARCH user USING INDEX user_shape/)]);
  });

  test("imported passwords are looked for among themselves", async () => {
    const plans = await plansOf(({ lookup }) => findMostIterations(lookup));
    expect(plans).toEqual([expect.stringMatching(/^SCAN user USING INDEX user_imported_hash/)]);
  });

  test("orphaned files are looked for with one query for many files", async () => {
    const { app, dataFolder } = world;
    const folder = join(dataFolder, "users/alice/assets");
    mkdirSync(folder, { recursive: true });
    for (let at = 0; at < 1200; at++) writeFileSync(join(folder, `stray-${at}.txt`), "");
    let queries = 0;
    const blobs = new Blobs({
      database: timeDatabase(app.database, () => void queries++, new WriteHealth()),
      store: new LocalStore({
        folder: join(dataFolder, "users"),
        runFolder: app.runFolder,
        clock: app.clock,
        random: app.random,
      }),
      clock: app.clock,
      random: app.random,
      defaultQuota: () => 0,
    });
    const found = await Array.fromAsync(blobs.findStrays());
    expect(found).toHaveLength(1200);
    expect(queries).toBe(3);
  });

  test.each(["/nowhere", "/nowhere/at/all", "/-/links/nowhere"])(
    "the caller of %s is identified once",
    async (path) => {
      const cookie = await world.signIn(world.people.alice);
      using find = spyOn(world.app.accounts.sessions, "find");
      for (const value of [cookie, `sessionid=${"x".repeat(43)}`]) {
        find.mockClear();
        const { status } = await world.request(path, { headers: { cookie: value } });
        expect(status).toBeGreaterThanOrEqual(300);
        expect(find).toHaveBeenCalledTimes(1);
      }
    },
  );
});
