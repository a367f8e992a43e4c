/** A failover to a promoted standby: nodes name both servers, and find the primary without anybody's help. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { failureOf } from "../../failure.ts";
import { hasPostgres } from "../../postgres-server.ts";
import { PostgresCluster } from "./postgres-cluster.ts";
import { TestNode } from "./test-node.ts";

describe.skipIf(!hasPostgres)("a failover after a crash", () => {
  let cluster: PostgresCluster;
  let here: TestNode;
  let there: TestNode;

  beforeAll(async () => {
    cluster = await PostgresCluster.startPair();
    [here, there] = await Promise.all([TestNode.open(cluster.url), TestNode.open(cluster.url)]);
    await here.addOwner();
    await here.point("code", "before");
    await cluster.servers[1].untilItHas("link");
  });
  afterAll(async () => {
    await here.close();
    await there.close();
    await cluster[Symbol.asyncDispose]();
  });

  test("is followed by all nodes", async () => {
    const [one, two] = cluster.servers;
    await one.stop();
    expect(await failureOf(here.point("code", "lost"))).toMatchObject({ code: "busy" });
    await two.promote();
    await here.untilWritten("code", "after");
    await there.untilTarget("code", "after");
    await there.untilCached("code");
  });

  test("leaves the old primary unused when it comes back", async () => {
    const [one] = cluster.servers;
    await one.start();
    await here.point("code", "later");
    await there.untilTarget("code", "later");
    const third = await TestNode.open(cluster.url);
    expect(await third.targetOf("code")).toBe("later");
    await third.close();
  });

  test("leaves it unused also when the new primary is away", async () => {
    const [one, two] = cluster.servers;
    await two.stop();
    const restarted = TestNode.open(one.url, one.url, { folder: here.folder });
    expect(await failureOf(restarted)).toMatchObject({
      code: "busy",
      message: expect.stringContaining("database-server"),
    });
    expect(await failureOf(here.point("code", "lost"))).toMatchObject({ code: "busy" });
    await two.start();
    await there.untilWritten("code", "again");
    await here.untilTarget("code", "again");
  });
});
