/** Visits of a node that was killed: its run folder has them until it comes back. */
import { describe, expect, test } from "bun:test";
import pg from "pg";
import { postgresIsAvailable } from "../postgres.ts";
import { addLink, type Site, signIn } from "../server/site.ts";
import { until } from "../until.ts";
import { FIREFOX } from "../user-agents.ts";
import { RealNodes } from "./real-nodes.ts";

describe.skipIf(!postgresIsAvailable)("visits of a node that was killed", () => {
  test("are counted when it comes back, beside those of the other node", async () => {
    await using nodes = await RealNodes.open();
    const database = new pg.Client({ connectionString: nodes.url });
    await database.connect();
    const killed = await nodes.start("killed");
    const other = await nodes.start("other");
    await addLink(killed.origin, await signIn(killed.origin), "code", "https://example.com/");
    const open = async ({ origin }: Site, times: number) => {
      for (let at = 0; at < times; at++)
        await fetch(`${origin}/code`, { redirect: "manual", headers: { "user-agent": FIREFOX } });
    };
    const visits = async () => {
      const { rows } = await database.query("select sum(visits)::int as visits from link_total");
      return rows[0].visits as number | null;
    };
    await open(killed, 50);
    killed.kill("SIGKILL");
    await killed.exited;
    await open(other, 7);
    await nodes.start("killed");
    await until(async () => (await visits()) === 57, { what: "all visits", seconds: 30 });
    expect(await visits()).toBe(57);
    await database.end();
  }, 60_000);
});
