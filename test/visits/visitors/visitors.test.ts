/** Unique visitors by day, and that no address is kept. */
import { afterEach, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import type { Settings } from "../../../src/config/settings.ts";
import { backUpSite } from "../../../src/site-backup/back-up-site.ts";
import { dimensionAt } from "../../../src/visits/dimension.ts";
import { newLink } from "../../share.ts";
import { until } from "../../until.ts";
import { FIREFOX } from "../../user-agents.ts";
import { as, type DatabaseKind, databases, openTestApp, type World } from "../../world.ts";

const DAY = 86_400_000;

const CHROME = FIREFOX.replace(
  "rv:140.0) Gecko/20100101 Firefox/140.0",
  ") AppleWebKit/537.36 Chrome/140.0",
);

/** An address that looks like nothing else. */
const ADDRESS = "198.51.100.237";

describe.each(databases)("visitors on %s", (kind) => {
  let world: World;
  const openWith = async (settings: Partial<Settings> = {}) => {
    world = await openSite(kind, settings);
  };
  afterEach(() => world.close());

  test("of a day are counted once for a link, its owner and the site", async () => {
    await openWith();
    const [one, other] = [await make(world, "one"), await make(world, "other")];
    for (const peer of [ADDRESS, "192.0.2.1", ADDRESS]) await open(world, "one", peer);
    await open(world, "one", ADDRESS, CHROME);
    await open(world, "other", ADDRESS);
    await open(world, "other", ADDRESS, "Googlebot/2.1");
    // One /64 is one visitor.
    for (const end of [":1", "3:4:5:6"]) await open(world, "other", `2001:db8:1:2:${end}`);
    await world.app.visits.flush();
    const today = await uniques(world);
    expect(today.links).toEqual({ [one]: 3, [other]: 2 });
    expect(today.owners).toEqual({ [world.people.alice.id]: 4, 0: 4 });
    await open(world, "one", ADDRESS);
    await world.app.visits.flush();
    expect(await uniques(world)).toEqual(today);
  });

  test("of another day count again, with another key, and only the number of the first stays", async () => {
    await openWith();
    const link = await make(world, "one");
    await open(world, "one", ADDRESS);
    await world.app.visits.flush();
    const first = await keysOf(world);
    expect(first).toHaveLength(1);
    await world.app.visits.dropSketches(100);
    expect(await sketches(world)).toBe(3);
    world.clock.advance(DAY);
    await world.app.visits.flush();
    expect(await keysOf(world)).toEqual([]);
    await open(world, "one", ADDRESS);
    await world.app.visits.flush();
    const second = await keysOf(world);
    expect(second).toHaveLength(1);
    expect(second).not.toEqual(first);
    while ((await world.app.visits.dropSketches(1)) > 0);
    expect(await sketches(world)).toBe(3);
    expect((await uniques(world)).links).toEqual({ [link]: 2 });
  });

  test("leave their address in no file and no table", async () => {
    await openWith({ "visits.country_header": "CF-IPCountry" });
    await make(world, "one");
    const lookFor = (folder: string) => expect(filesWith(folder, ADDRESS)).toEqual([]);
    for (let times = 0; times < 20; times++) await open(world, "one", ADDRESS);
    lookFor(world.dataFolder);
    await world.app.visits.flush();
    lookFor(world.dataFolder);
    const { path } = await backUpSite(world.app);
    lookFor(world.dataFolder);
    const [key = ""] = await keysOf(world);
    expect(readFileSync(path).includes(Buffer.from(key, "hex"))).toBe(false);
    for (const row of await everyCell(world)) expect(row).not.toContain(ADDRESS);
  });

  test("who are private, excluded or the owner are counted as the settings say", async () => {
    await openWith({
      "visits.respect_gpc": true,
      "visits.excluded_networks": ["192.0.2.0/24"],
      "visits.count_owners": false,
    });
    const { alice, bob } = world.people;
    const link = await make(world, "one");
    const headers = { "accept-language": "de", referer: "https://news.example/" };
    await open(world, "one", ADDRESS, FIREFOX, { ...headers, "sec-gpc": "1" });
    await open(world, "one", ADDRESS, FIREFOX, { ...headers, dnt: "1" });
    await open(world, "one", "192.0.2.77", FIREFOX, headers);
    for (const user of [alice, bob]) {
      const cookie = await world.signIn(user);
      await open(world, "one", ADDRESS, FIREFOX, { ...headers, cookie });
    }
    await until(
      async () => {
        await world.app.visits.flush();
        return (await daysOf(world, link)).length >= 9;
      },
      { what: "the visit of bob" },
    );
    expect((await uniques(world)).links).toEqual({ [link]: 1 });
    expect(await daysOf(world, link)).toEqual([
      "browser Firefox 1",
      "browser null 2",
      "device Desktop 1",
      "device null 2",
      "language de 1",
      "referrer news.example 1",
      "referrer null 2",
      "system Linux 1",
      "system null 2",
    ]);
  });

  test("are of the country that a trusted proxy names, or that their address has", async () => {
    await openWith({
      "visits.country_header": "X-Country",
      "server.trusted_proxies": ["10.0.0.1"],
    });
    const link = await make(world, "one");
    const behind = (country: string) => ({ "x-forwarded-for": "8.8.8.8", "x-country": country });
    await open(world, "one", "10.0.0.1", FIREFOX, behind("nz"));
    await open(world, "one", "10.0.0.1", FIREFOX, behind("XX"));
    await open(world, "one", ADDRESS, FIREFOX, behind("FR"));
    await world.app.visits.flush();
    const countries = (await daysOf(world, link)).filter((row) => row.startsWith("country"));
    expect(countries).toEqual(["country NZ 1", "country US 1"]);
  });
});

interface Peered {
  readonly peer: string;
}

async function openSite(kind: DatabaseKind, settings: Partial<Settings>): Promise<World> {
  return await openTestApp({ database: kind, settings });
}

async function make({ app, people: { alice } }: World, shortCode: string): Promise<number> {
  const input = newLink({ shortCode, target: "https://example.com/" });
  return (await app.links.create(as(alice), { ownerId: alice.id }, input)).id;
}

async function open(
  world: World,
  code: string,
  peer: string,
  userAgent: string = FIREFOX,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const init: RequestInit & Peered = { headers: { "user-agent": userAgent, ...more }, peer };
  expect((await world.request(`/${code}`, init)).status).toBe(302);
}

async function uniques({ app: { database } }: World) {
  const sumOf = (rows: readonly { readonly id: number; readonly visitors: number }[]) => {
    const sums: Record<number, number> = {};
    for (const { id, visitors } of rows) sums[id] = (sums[id] ?? 0) + visitors;
    return sums;
  };
  const { read } = database;
  const links = read.selectFrom("link_unique").select(["link_id as id", "visitors"]);
  const owners = read.selectFrom("owner_unique").select(["owner_id as id", "visitors"]);
  return { links: sumOf(await links.execute()), owners: sumOf(await owners.execute()) };
}

async function sketches({ app: { database } }: World): Promise<number> {
  let count = 0;
  for (const table of ["link_unique", "owner_unique"] as const) {
    const rows = await database.read.selectFrom(table).select("sketch").execute();
    count += rows.filter(({ sketch }) => sketch !== null).length;
  }
  return count;
}

/** Dimension, value and visits, in order. */
async function daysOf({ app: { database } }: World, linkId: number): Promise<string[]> {
  const rows = await database.read
    .selectFrom("link_day")
    .leftJoin("visit_value", "visit_value.id", "link_day.value_id")
    .select(["link_day.dimension", "value", "visits"])
    .where("link_id", "=", linkId)
    .execute();
  return rows
    .map(({ dimension, value, visits }) => `${dimensionAt(dimension)} ${value} ${visits}`)
    .sort();
}

const keyFolder = ({ app }: World) => join(app.runFolder, "visitor-keys");

/** The keys of days, in hexadecimal. */
async function keysOf(world: World): Promise<string[]> {
  const { database } = world.app;
  if (database.clock !== null) {
    const rows = await database.read.selectFrom("visitor_key").select("key").execute();
    return rows.map(({ key }) => Buffer.from(key).toString("hex"));
  }
  const names = readdirSync(keyFolder(world));
  return names.map((name) => {
    const path = join(keyFolder(world), name);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    return readFileSync(path).toString("hex");
  });
}

/** The files of a folder that contain a text or the 4 bytes of an IPv4 address. */
function filesWith(folder: string, address: string): string[] {
  const bytes = Buffer.from(address.split(".").map(Number));
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => {
      const content = readFileSync(path);
      return content.includes(address) || content.includes(bytes);
    });
}

async function everyCell({ app: { database } }: World): Promise<string[]> {
  const tables = await database.read.introspection.getTables();
  const cells: string[] = [];
  for (const { name } of tables) {
    const { rows } = await sql`select * from ${sql.table(name)}`.execute(database.read);
    cells.push(...rows.map((row) => JSON.stringify(row)));
  }
  return cells;
}
