/** Nodes whose connections go through a real PgBouncer in transaction mode, but for the one that listens. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { sql } from "kysely";
import { hasPgBouncer, PgBouncer } from "../../pgbouncer-server.ts";
import { openPostgres, postgresIsAvailable } from "../../postgres.ts";
import { until } from "../../until.ts";
import { FreezingProxy } from "./freezing-proxy.ts";
import { TestNode } from "./test-node.ts";

describe.skipIf(!postgresIsAvailable || !hasPgBouncer)("behind PgBouncer", () => {
  let server: { url: string; drop(): Promise<void> };
  let bouncer: PgBouncer;
  let proxy: FreezingProxy;
  let here: TestNode;
  let there: TestNode;

  beforeAll(async () => {
    server = await (await openPostgres()).freshDatabase();
    bouncer = await PgBouncer.start(server.url);
    proxy = new FreezingProxy(server.url);
    here = await TestNode.open(bouncer.url, server.url);
    there = await TestNode.open(bouncer.url, await proxy.listen());
    await here.addOwner();
  });
  afterAll(async () => {
    await here.close();
    await there.close();
    await proxy[Symbol.asyncDispose]();
    await bouncer[Symbol.asyncDispose]();
    await server.drop();
  });
  beforeEach(() => proxy.freeze(false));

  test("both nodes answer from memory, and hear of each other's changes", async () => {
    await here.point("code", "1");
    await there.untilCached("code");
    await here.point("code", "2");
    await there.untilTarget("code", "2");
    await there.untilCached("code");
    expect(there.database.changesDelayMs()).toBeGreaterThan(0);
    await there.database.probes.changes();
  });

  test("more writers than connections wait for each other, and none fails", async () => {
    const codes = Array.from({ length: 200 }, (_, at) => `c${at}`);
    await Promise.all(codes.map((code, at) => (at % 2 === 0 ? here : there).point(code, "x")));
    const { count } = await here.database.read
      .selectFrom("link")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .where(sql`short_code`, "like", "c%")
      .executeTakeFirstOrThrow();
    expect(Number(count)).toBeGreaterThanOrEqual(200);
  });

  test("the timeout for locks ends with its transaction", async () => {
    const inside = await here.database.write((trx) =>
      sql<{ lock_timeout: string }>`show lock_timeout`.execute(trx),
    );
    expect(inside.rows).toEqual([{ lock_timeout: "5s" }]);
    const outside = await sql<{ lock_timeout: string }>`show lock_timeout`.execute(
      here.database.read,
    );
    expect(outside.rows).toEqual([{ lock_timeout: "0" }]);
  });

  test("a node whose listening connection is silent answers from the database", async () => {
    await here.point("code", "3");
    await there.untilCached("code");
    proxy.freeze(true);
    await here.point("code", "4");
    await there.untilTarget("code", "4");
    await until(async () => !(await there.isCached("code")), { what: "doubt" });
    expect(there.database.probes.changes()).rejects.toMatchObject({ code: "busy" });
    // A new connection through the thawed proxy is made without anybody's help.
    proxy.freeze(false);
    await there.untilCached("code");
  });

  test("PgBouncer may be restarted", async () => {
    await bouncer.stop();
    expect(here.point("code", "5")).rejects.toMatchObject({ code: "busy" });
    await bouncer.start();
    await until(
      () =>
        here.point("code", "6").then(
          () => true,
          () => false,
        ),
      { what: "a write" },
    );
    await there.untilTarget("code", "6");
    await there.untilCached("code");
  });

  test("without a connection of its own to listen, a node never answers from memory", async () => {
    const deaf = await TestNode.open(bouncer.url, bouncer.url);
    await here.point("code", "7");
    expect(await deaf.targetOf("code")).toBe("7");
    expect(deaf.database.probes.changes()).rejects.toMatchObject({ code: "busy" });
    await here.point("code", "8");
    expect(await deaf.targetOf("code")).toBe("8");
    await deaf.close();
  });
});
