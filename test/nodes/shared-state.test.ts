/** What nodes on one PostgreSQL know of each other's requests. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { operator } from "../../src/policy.ts";
import { postgresIsAvailable } from "../postgres.ts";
import { newLink } from "../share.ts";
import { until } from "../until.ts";
import { type AppNodes, openAppNodes } from "./app-nodes.ts";

describe.skipIf(!postgresIsAvailable)("two nodes on one PostgreSQL", () => {
  let nodes: AppNodes;
  let ownerId: number;
  beforeAll(async () => {
    nodes = await openAppNodes();
    ownerId = (await nodes.apps[0].accounts.users.findByUsername("admin"))?.id ?? 0;
  });
  afterAll(() => nodes[Symbol.asyncDispose]());

  test("create one link for a form that both get, however often", async () => {
    const create = (at: number) =>
      nodes.apps[at % 2 === 0 ? 0 : 1].links.create(
        operator,
        { ownerId, key: "one form" },
        newLink({ target: "https://example.com/" }),
        null,
      );
    const links = await Promise.all(Array.from({ length: 20 }, (_, at) => create(at)));
    expect(new Set(links.map(({ id }) => id)).size).toBe(1);
    const stored = nodes.apps[1].database.read.selectFrom("link").select("id");
    expect(await stored.execute()).toHaveLength(1);
  });

  test("end and use each other's sessions, and write their last use once a minute", async () => {
    const [here, there] = nodes.apps;
    const device = { remember: false, device: "" };
    const { token } = await here.accounts.sessions.start({ id: ownerId }, device);
    nodes.clock.advance(120_000);
    const used = nodes.clock.now();
    await there.accounts.sessions.find(token);
    const lastUse = async () => (await here.accounts.sessions.find(token))?.session.lastSeenAt;
    await until(async () => (await lastUse()) === used, { what: "the last use" });
    nodes.clock.advance(59_000);
    await there.accounts.sessions.find(token);
    expect(await lastUse()).toBe(used);
    await here.accounts.sessions.end(token);
    expect(await there.accounts.sessions.find(token)).toBeNull();
  });
});
