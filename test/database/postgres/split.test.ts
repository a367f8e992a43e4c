/** A standby is promoted while the primary goes on, so that both can be written to. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sql } from "kysely";
import { failureOf } from "../../failure.ts";
import { hasPgBouncer, PgBouncer } from "../../pgbouncer-server.ts";
import { hasPostgres, runStatement } from "../../postgres-server.ts";
import { until } from "../../until.ts";
import { type ClusterServer, PostgresCluster } from "./postgres-cluster.ts";
import { TestNode } from "./test-node.ts";

describe.skipIf(!hasPostgres || !hasPgBouncer)("two writable servers", () => {
  let cluster: PostgresCluster;
  let bouncer: PgBouncer;
  let node: TestNode;
  let behind: TestNode;

  beforeAll(async () => {
    cluster = await PostgresCluster.startPair();
    const [one, two] = cluster.servers;
    bouncer = await PgBouncer.start(one.url);
    node = await TestNode.open(cluster.url);
    behind = await TestNode.open(bouncer.url, cluster.url);
    await node.addOwner();
    await node.point("code", "before");
    await two.untilItHas("link");
  });
  afterAll(async () => {
    await node.close();
    await behind.close();
    await bouncer[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  });

  test("are told apart: nodes leave the old one", async () => {
    const [one, two] = cluster.servers;
    await two.promote();
    await until(() => isOn(node, two), { what: "the new primary" });
    await node.untilWritten("code", "after");
    await runStatement(one.url, "update link set target = 'https://example.com/old'");
    await node.untilTarget("code", "after");
  });

  test("behind PgBouncer, a transaction on the old one is refused once the new one is known", async () => {
    const [, two] = cluster.servers;
    bouncer.pointTo(two.url);
    await bouncer.stop();
    await bouncer.start();
    await behind.untilWritten("code", "new");
    bouncer.pointTo(cluster.servers[0].url);
    await bouncer.stop();
    await bouncer.start();
    for (let tries = 0; tries < 20; tries++)
      expect(await failureOf(behind.point("code", "lost"))).toMatchObject({ code: "busy" });
    await node.untilTarget("code", "new");
  });

  async function isOn(one: TestNode, server: ClusterServer): Promise<boolean> {
    const { rows } = await sql<{ port: string }>`show port`.execute(one.database.lookup);
    return server.host.endsWith(`:${rows[0]?.port}`);
  }
});
