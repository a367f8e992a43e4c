/** The API over real workers: they share no memory but that of the change counters. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { href } from "../../../src/http/urls.ts";
import { type Site, signIn, startSite, until } from "../../server/site.ts";

let site: Site;
let cookie = "";
const folder = mkdtempSync(join(tmpdir(), "trunk8-workers-"));
beforeAll(async () => {
  site = await startSite({ dataFolder: folder, workers: 2 });
  cookie = await signIn(site.origin);
}, 60_000);
afterAll(async () => {
  await site.stop();
  rmSync(folder, { recursive: true });
});

interface Sent {
  readonly method?: string;
  readonly json?: object;
  readonly headers: Readonly<Record<string, string>>;
}

/** On a connection of its own, which either worker may take. */
function ask(path: string, { method = "GET", json, headers }: Sent): Promise<Response> {
  return fetch(site.origin + path, {
    method,
    headers: { connection: "close", ...(json && JSON_TYPE), ...headers },
    ...(json && { body: JSON.stringify(json) }),
  });
}

const JSON_TYPE = { "content-type": "application/json" };

async function makeKey(): Promise<{ id: string; secret: string }> {
  const json = { name: "k", scopes: ["links:read", "links:create"] };
  const made = await ask(href("apiKeys"), { method: "POST", json, headers: { cookie } });
  const { key, secret } = (await made.json()) as { key: { id: number }; secret: string };
  return { id: String(key.id), secret };
}

/** The statuses of many requests at once, so that both workers answer some. */
async function statusesOf(count: number, request: () => Promise<Response>): Promise<Set<number>> {
  const answers = await Promise.all(Array.from({ length: count }, request));
  return new Set(answers.map(({ status }) => status));
}

test("a revoked key is refused by both workers from the next request on", async () => {
  for (let round = 0; round < 5; round++) {
    const { id, secret } = await makeKey();
    const read = () => ask(href("apiLinks"), { headers: { "x-api-key": secret } });
    expect(await statusesOf(20, read)).toEqual(new Set([200]));
    const asked = { method: "DELETE", headers: { cookie } };
    expect((await ask(href("apiKey", { id }), asked)).status).toBe(204);
    expect(await statusesOf(20, read)).toEqual(new Set([401]));
  }
}, 60_000);

test("of requests with one Idempotency-Key to both workers, one creates", async () => {
  const { secret } = await makeKey();
  for (let round = 0; round < 5; round++) {
    const headers = { "x-api-key": secret, "idempotency-key": `round-${round}` };
    const json = { target: `https://a.example/${round}` };
    const create = () => ask(href("apiLinks"), { method: "POST", json, headers });
    const answers = await Promise.all(Array.from({ length: 16 }, create));
    const made = answers.filter(({ status }) => status === 201);
    const codes = await Promise.all(
      made.map(async (each) => ((await each.json()) as { short_code: string }).short_code),
    );
    expect(new Set(codes).size).toBe(1);
    expect(made.filter((each) => !each.headers.has("idempotency-replayed"))).toHaveLength(1);
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
  }
}, 60_000);

test("workers that are killed meanwhile leave one link for each key", async () => {
  const { secret } = await makeKey();
  const codes = new Map<string, string>();
  const createUntilAnswered = async (key: string) => {
    const headers = { "x-api-key": secret, "idempotency-key": key };
    const json = { target: `https://killed.example/${key}` };
    await until(async () => {
      const request = ask(href("apiLinks"), { method: "POST", json, headers });
      const answer = await request.catch(() => null);
      if (answer?.status !== 201) return false;
      codes.set(key, ((await answer.json()) as { short_code: string }).short_code);
      return true;
    });
  };
  const keys = Array.from({ length: 60 }, (_, at) => `killed-${at}`);
  const kills = (async () => {
    for (let times = 0; times < 3; times++) {
      const [pid] = site.workers();
      if (pid !== undefined) process.kill(pid, "SIGKILL");
      await until(() => site.workers().length === 2 && codes.size > (times + 1) * 10);
    }
  })();
  for (let at = 0; at < keys.length; at += 6)
    await Promise.all(keys.slice(at, at + 6).map(createUntilAnswered));
  await kills;
  const list = `${href("apiLinks")}?q=killed.example&limit=100`;
  const page = (await (await ask(list, { headers: { "x-api-key": secret } })).json()) as {
    items: { short_code: string }[];
  };
  expect(page.items.map((item) => item.short_code).toSorted()).toEqual(
    [...codes.values()].toSorted(),
  );
}, 120_000);
