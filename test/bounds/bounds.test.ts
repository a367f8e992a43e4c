/** What each operation may cost: docs/limits.md, found true. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Method } from "../../src/http/url-row.ts";
import { type UrlName, urls } from "../../src/http/urls.ts";
import type { BoundRow } from "./bound-row.ts";
import { boundRows } from "./bound-rows.ts";
import { BoundSite } from "./bound-site.ts";

let site: BoundSite;
beforeAll(async () => {
  site = await BoundSite.open();
});
afterAll(() => site.close());

test("every operation of the table of routes has a row", () => {
  const known = new Set(boundRows.map(({ name, method }) => `${method} ${name}`));
  const missing = Object.entries(urls).flatMap(([name, { methods }]) =>
    (methods as readonly Method[])
      .filter((method) => method !== "HEAD")
      .map((method) => `${method} ${name as UrlName}`)
      .filter((operation) => !known.has(operation)),
  );
  expect(missing).toEqual([]);
});

/** CPU of this process and its threads that no bound speaks of: the first run of code, collections, timers. */
const NOISE_MS = 100;
const TRIES = 3;

describe.each(boundRows.map((row) => [`${row.method} ${row.name}`, row.grows, row] as const))(
  "%s, by %s",
  (_, __, row) => {
    test("costs at most five times as much for four times the size", async () => {
      const small = await measure(row, row.size);
      const large = await measure(row, row.size * 4);
      expect(small.statuses).toEqual([row.status]);
      expect(large.statuses).toEqual([row.status]);
      expect(large.rows).toBeLessThanOrEqual(row.rows);
      expect(large.bytes).toBeLessThanOrEqual(row.bytes);
      expect(large.cpuMs).toBeLessThan(5 * small.cpuMs + NOISE_MS);
    });
  },
);

const refused = boundRows.flatMap((row) =>
  row.beyond === null
    ? []
    : [[`${row.method} ${row.name}`, row.grows, row, ...row.beyond] as const],
);

test.each(refused)("%s is refused beyond its bound, by %s", async (_, __, row, size, status) => {
  await row.store?.(site, size);
  const response = await site.send(await row.request(site, size));
  await response.arrayBuffer();
  expect(response.status).toBe(status);
});

interface Cost {
  readonly statuses: readonly number[];
  readonly rows: number;
  readonly bytes: number;
  readonly cpuMs: number;
}

/** The least of a few tries, whose answers and rows are the same. */
async function measure(row: BoundRow, size: number): Promise<Cost> {
  const costs: Cost[] = [];
  for (let tries = 0; tries < (row.method === "GET" ? TRIES : 1); tries++) {
    if (tries === 0) await row.store?.(site, size);
    costs.push(await measureOnce(row, size));
  }
  return {
    statuses: [...new Set(costs.flatMap(({ statuses }) => statuses))],
    rows: Math.max(...costs.map(({ rows }) => rows)),
    bytes: Math.max(...costs.map(({ bytes }) => bytes)),
    cpuMs: Math.min(...costs.map(({ cpuMs }) => cpuMs)),
  };
}

async function measureOnce(row: BoundRow, size: number): Promise<Cost> {
  const sent = await row.request(site, size);
  const rowsBefore = site.countRows();
  const before = process.cpuUsage();
  const response = await site.send(sent);
  const { byteLength } = await response.arrayBuffer();
  const { user, system } = process.cpuUsage(before);
  return {
    statuses: [response.status],
    rows: site.countRows() - rowsBefore,
    bytes: byteLength,
    cpuMs: (user + system) / 1000,
  };
}
