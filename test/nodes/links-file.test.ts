/** Declared links of nodes that share their database and their files. */
import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startWatchingOnOneNode } from "../../src/links-file/watch-on-one-node.ts";
import { postgresIsAvailable } from "../postgres.ts";
import { until } from "../until.ts";
import { openAppNodes } from "./app-nodes.ts";

describe.skipIf(!postgresIsAvailable)("a links.toml that two nodes see", () => {
  test("is applied by one of them, and by the other once that has stopped", async () => {
    await using nodes = await openAppNodes();
    const [here, there] = nodes.apps;
    const folder = join(here.live.dataFolder, "users/admin");
    mkdirSync(folder, { recursive: true });
    const declare = (code: string) =>
      writeFileSync(
        join(folder, "links.toml"),
        `[links.${code}]\ntype = "redirect"\nurl = "https://example.com/"\n`,
      );
    const isLive = async (code: string) => (await there.links.cache.find(code)) !== null;
    declare("first");
    const stopHere = startWatchingOnOneNode(here);
    await until(() => isLive("first"), { what: "the first file", seconds: 30 });
    const stopThere = startWatchingOnOneNode(there);
    const held = async () =>
      await there.database.read.selectFrom("lease").select(["fence", "until"]).execute();
    expect(await held()).toMatchObject([{ fence: 1 }]);
    stopHere();
    await until(async () => (await held())[0]?.fence === 2, {
      what: "the other node",
      seconds: 30,
    });
    declare("second");
    await until(() => isLive("second"), { what: "the second file", seconds: 30 });
    stopThere();
  }, 90_000);
});
