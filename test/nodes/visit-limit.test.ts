/** A link with ten visits, asked for a thousand times at once: by workers, by nodes, and while one of them is killed. */
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgresIsAvailable } from "../postgres.ts";
import { signIn, startSite } from "../server/site.ts";
import { until } from "../until.ts";
import { FIREFOX } from "../user-agents.ts";
import { RealNodes } from "./real-nodes.ts";

const LIMIT = 10;
const ASKED = 1000;

async function addLimited(origin: string, code: string): Promise<string> {
  const cookie = await signIn(origin);
  const answer = await fetch(`${origin}/add`, {
    method: "POST",
    headers: { cookie, "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({
      short_code: code,
      target: "https://example.com/",
      visit_limit: LIMIT,
    }),
  });
  expect(answer.status).toBe(201);
  return cookie;
}

/** How many of the answers are redirects, refusals, and missing. */
async function askAtOnce(
  origins: readonly string[],
  code: string,
  many = ASKED,
): Promise<{ opened: number; refused: number; lost: number }> {
  const asked = Array.from({ length: many }, async (_, at) => {
    const origin = origins[at % origins.length];
    const headers = { "user-agent": FIREFOX };
    return (await fetch(`${origin}/${code}`, { headers, redirect: "manual" })).status;
  });
  const statuses = (await Promise.allSettled(asked)).map((each) =>
    each.status === "fulfilled" ? each.value : 0,
  );
  const countOf = (status: number) => statuses.filter((each) => each === status).length;
  return { opened: countOf(302), refused: countOf(410), lost: countOf(0) };
}

async function visitsLeft(origin: string, cookie: string, code: string): Promise<number> {
  const page = await (await fetch(`${origin}/-/links/${code}`, { headers: { cookie } })).text();
  const [, left = "-1"] = /(\d+) of 10 visits left/.exec(page) ?? [];
  return Number(left);
}

test("two workers let exactly ten through, also of a link that both have in memory", async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "trunk8-limit-"));
  const site = await startSite({ dataFolder, workers: 2 });
  try {
    await addLimited(site.origin, "ten");
    expect(await askAtOnce([site.origin], "ten")).toEqual({
      opened: LIMIT,
      refused: ASKED - LIMIT,
      lost: 0,
    });
    expect(await askAtOnce([site.origin], "ten", 50)).toMatchObject({ opened: 0, refused: 50 });
  } finally {
    await site.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}, 120_000);

/** Asks while something is killed, and compares the visits that were used up with the answers. */
async function expectExact(
  { asked, left }: { readonly asked: readonly string[]; readonly left: string },
  code: string,
  kill: () => void,
): Promise<void> {
  const cookie = await addLimited(left, code);
  const asking = askAtOnce(asked, code);
  await Bun.sleep(5 + Math.random() * 40);
  kill();
  const { opened, lost } = await asking;
  await until(() => fetch(left), { what: "an answer" });
  // What was taken and not answered was on its way to a client that lost its connection.
  const unanswered = LIMIT - (await visitsLeft(left, cookie, code)) - opened;
  expect(unanswered).toBeGreaterThanOrEqual(0);
  expect(unanswered).toBeLessThanOrEqual(lost);
  const later = await askAtOnce([left], code);
  expect(opened + later.opened + unanswered).toBe(LIMIT);
  expect(await visitsLeft(left, cookie, code)).toBe(0);
}

test("a worker killed in the middle uses up at most what it answered or was about to", async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "trunk8-limit-"));
  const site = await startSite({ dataFolder, workers: 2 });
  try {
    const origins = { asked: [site.origin], left: site.origin };
    for (const code of ["k1", "k2", "k3"])
      await expectExact(origins, code, () => {
        const [worker = 0] = site.workers();
        process.kill(worker, "SIGKILL");
      });
  } finally {
    await site.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}, 180_000);

test.skipIf(!postgresIsAvailable)(
  "a node killed in the middle uses up at most what it answered or was about to",
  async () => {
    await using nodes = await RealNodes.open();
    const stays = await nodes.start("stays");
    for (const code of ["k1", "k2", "k3"]) {
      const killed = await nodes.start(code);
      const origins = { asked: [stays.origin, killed.origin], left: stays.origin };
      await expectExact(origins, code, () => killed.kill("SIGKILL"));
    }
  },
  180_000,
);

test.skipIf(!postgresIsAvailable)(
  "two nodes on one PostgreSQL let exactly ten through",
  async () => {
    await using nodes = await RealNodes.open();
    const [one, other] = await Promise.all([nodes.start("one"), nodes.start("other")]);
    await addLimited(one.origin, "ten");
    const both = [one.origin, other.origin];
    expect(await askAtOnce(both, "ten")).toEqual({
      opened: LIMIT,
      refused: ASKED - LIMIT,
      lost: 0,
    });
    expect(await askAtOnce(both, "ten", 50)).toMatchObject({ opened: 0, refused: 50 });
  },
  180_000,
);
