/** A real site that is told to stop: not ready at first, then stopped. */
import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addLink, signIn, startSite, until } from "./site.ts";

setDefaultTimeout(120_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-draining-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.each([["one process", ""] as const, ["two workers", 2] as const])("%s", (_, workers) => {
  const start = (seconds: number) =>
    startSite({
      dataFolder: join(folder, "data"),
      workers,
      env: { TRUNK8_SERVER_DRAIN_SECONDS: String(seconds) },
    });

  test("answers on while it is not ready, until a second signal", async () => {
    const { origin, kill, exited } = await start(3600);
    await addLink(origin, await signIn(origin), "there", "https://example.com/");
    kill("SIGTERM");
    const isReady = async () => (await fetch(`${origin}/health/ready`)).ok;
    // Each worker gets some of so many.
    const replies = () => Promise.all(Array.from({ length: 32 }, isReady));
    await until(async () => !(await replies()).includes(true));
    for (let asked = 0; asked < 20; asked++) {
      const answer = await fetch(`${origin}/there`, { redirect: "manual" });
      expect([answer.status, answer.headers.get("connection")]).toEqual([302, "close"]);
      expect(await isReady()).toBe(false);
    }
    kill("SIGTERM");
    expect(await exited).toBe(0);
  });

  test("stops by itself when the time is over", async () => {
    const site = await start(1);
    expect(await site.stop()).toBe(0);
    expect(site.log.map(({ message }) => message)).toContain("Not ready any more, stopping later");
  });
});
