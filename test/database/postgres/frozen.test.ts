/** A server that is stopped with open connections, out of reach, or out of connections. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sql } from "kysely";
import pg from "pg";
import { failureOf } from "../../failure.ts";
import { hasPostgres } from "../../postgres-server.ts";
import { until } from "../../until.ts";
import { FreezingProxy } from "./freezing-proxy.ts";
import { type ClusterServer, PostgresCluster } from "./postgres-cluster.ts";
import { TestNode } from "./test-node.ts";

const BUSY = { code: "busy", retryAfterSeconds: expect.any(Number) };

describe.skipIf(!hasPostgres)("a server", () => {
  let cluster: PostgresCluster;
  let server: ClusterServer;
  let proxy: FreezingProxy;
  let node: TestNode;
  let patient: TestNode;
  let remote: TestNode;

  beforeAll(async () => {
    cluster = await PostgresCluster.make({ maxConnections: 30 });
    server = cluster.servers[0];
    await server.start();
    proxy = new FreezingProxy(server.url);
    node = await TestNode.open(server.url);
    patient = await TestNode.open(server.url, server.url, { serveStaleMs: 60_000 });
    remote = await TestNode.open(await proxy.listen());
    await node.addOwner();
  });
  afterAll(async () => {
    for (const one of [node, patient, remote]) await one.close();
    await proxy[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  });

  test("that does not answer fails requests, and one node answers from its memory", async () => {
    await node.point("code", "1");
    await Promise.all([node, patient].map((one) => one.untilCached("code")));
    server.freeze(true);
    const slow = sql`select 1`.execute(node.database.inspect);
    expect(await failureOf(slow)).toMatchObject(BUSY);
    expect(await failureOf(node.targetOf("code"))).toMatchObject(BUSY);
    expect(await failureOf(node.point("code", "2"))).toMatchObject(BUSY);
    expect(await patient.targetOf("code")).toBe("1");
    expect(patient.database.changes.isStale).toBe(true);
    expect(patient.database.changes.isProven).toBe(false);
    expect(await failureOf(patient.targetOf("other"))).toMatchObject(BUSY);
    server.freeze(false);
    await node.untilWritten("code", "3");
    await patient.untilTarget("code", "3");
    await patient.untilCached("code");
    expect(patient.database.changes.isStale).toBe(false);
  });

  test("that is out of reach fails requests of one node, and the others go on", async () => {
    await node.point("code", "4");
    await remote.untilCached("code");
    proxy.freeze(true);
    const lost = failureOf(remote.point("code", "lost"));
    await node.point("code", "5");
    expect(await lost).toMatchObject(BUSY);
    expect(await failureOf(remote.targetOf("code"))).toMatchObject(BUSY);
    expect(await node.targetOf("code")).toBe("5");
    proxy.freeze(false);
    await remote.untilTarget("code", "5");
    await remote.untilCached("code");
  });

  test("that has no connection left fails requests, until it has one", async () => {
    await node.untilCached("code");
    const others = await takeAll();
    const full = { ...BUSY, cause: { code: "53300" } };
    const takeTheirs = async () => {
      await others[0]?.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'trunk8'`);
      others.push(...(await takeAll()));
      expect(await failureOf(node.point("code", "full"))).toMatchObject(full);
      return true;
    };
    await until(takeTheirs, { what: "all connections to be taken" });
    expect(patient.database.changes.isStale).toBe(false);
    await Promise.all(others.map((client) => client.end()));
    await node.untilWritten("code", "6");
    await remote.untilTarget("code", "6");
  });

  /** Takes all connections that are left. */
  async function takeAll(): Promise<pg.Client[]> {
    const taken: pg.Client[] = [];
    for (;;) {
      const client = new pg.Client({ connectionString: server.url });
      client.on("error", () => {});
      try {
        await client.connect();
      } catch {
        return taken;
      }
      taken.push(client);
    }
  }
});
