/** A node with another secret key than the site's. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { callProgram } from "../cli/program.ts";
import { failureOf } from "../failure.ts";
import { postgresIsAvailable } from "../postgres.ts";
import { signIn } from "../server/site.ts";
import { RealNodes } from "./real-nodes.ts";

describe.skipIf(!postgresIsAvailable)("a node with another secret key", () => {
  let nodes: RealNodes;
  beforeAll(async () => {
    nodes = await RealNodes.open();
  });
  afterAll(() => nodes[Symbol.asyncDispose]());

  const other = { TRUNK8_SECRET_KEY: "the key of another site" };

  test("does not start, says why, and can be made that of the site", async () => {
    const first = await nodes.start("first");
    const cookie = await signIn(first.origin);
    expect(String(await failureOf(nodes.start("second", other)))).toContain(
      "The secret key of this node is not that of the site",
    );
    const third = await nodes.start("third");
    const page = await fetch(`${third.origin}/links`, { headers: { cookie }, redirect: "manual" });
    expect(page.status).toBe(200);
    await Promise.all([first.stop(), third.stop()]);

    const env = nodes.environment(other);
    const { exitCode, stdout } = await callProgram(
      join(nodes.folder, "second"),
      ["nodes", "accept-key"],
      { env },
    );
    expect([exitCode, stdout]).toEqual([0, "Accepted. Start all nodes with this key.\n"]);
    await signIn((await nodes.start("second", other)).origin);
    expect(String(await failureOf(nodes.start("first")))).toContain("is not that of the site");
  }, 60_000);
});
