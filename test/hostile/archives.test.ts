/** Archives that cost far more than they are large: one account sends them, and nobody else notices. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { isClaimed } from "../../src/os/machine-lock.ts";
import { type HttpServer, startServer } from "../../src/server/http-server.ts";
import { readingLock } from "../../src/user-backup/reading/checked-archive.ts";
import { newLink } from "../share.ts";
import { until } from "../until.ts";
import { as, openTestApp, type World } from "../world.ts";
import * as hostile from "./archives.ts";

setDefaultTimeout(180_000);

let world: World;
let server: HttpServer;
let origin: string;
let cookie: string;
beforeAll(async () => {
  world = await openTestApp();
  server = startServer(world.app, { hostname: "127.0.0.1", port: 0 });
  origin = `http://127.0.0.1:${server.port}`;
  cookie = await world.signIn(world.people.bob);
  const { alice } = world.people;
  const link = newLink({ shortCode: "others", target: "https://example.com/" });
  await world.app.links.create(as(alice), { ownerId: alice.id }, link, null);
});
afterAll(async () => {
  await server.stop();
  await world.close();
});

/** Previews an archive, and asks for what others need until it has been read. */
async function preview(zip: Uint8Array<ArrayBuffer>) {
  const lock = readingLock(world.app.runFolder);
  const body = new FormData();
  body.append("preview", "1");
  body.append("backup_file", new File([zip], "backup.zip"));
  const sent = fetch(`${origin}/backup/restore`, { method: "POST", body, headers: { cookie } });
  await until(() => isClaimed(lock), { what: "the archive to be read", seconds: 60 });
  let answeredMeanwhile = 0;
  while (isClaimed(lock)) {
    const [health, others] = await Promise.all([
      fetch(`${origin}/health`),
      fetch(`${origin}/others`, { redirect: "manual" }),
    ]);
    expect([health.status, others.status]).toEqual([200, 302]);
    if (isClaimed(lock)) answeredMeanwhile++;
  }
  const response = await sent;
  return { status: response.status, page: await response.text(), answeredMeanwhile };
}

const refusedArchives: readonly (readonly [string, () => Uint8Array<ArrayBuffer>, string])[] = [
  ["links without fields", () => hostile.longList("links", 400_000), "links.0.short_code"],
  ["entries without fields", () => hostile.longList("entries", 400_000), "entries.0.name"],
  ["visitors without fields", () => hostile.longList("visitors", 400_000), "visitors.0.class"],
  ["a file name of 64,000 blanks", () => hostile.longFileName(64_000), "links.0.content.name"],
  [
    "more visits than a sum can hold",
    () => hostile.archiveOf([{ visits: Number.MAX_SAFE_INTEGER, last_visit_at: 1 }]),
    "links.0.visits",
  ],
];

const acceptedArchives: readonly (readonly [string, () => Uint8Array<ArrayBuffer>])[] = [
  ["a creation in the year -100000", () => hostile.archiveOf([{ created_at: -3.2e15 }])],
  ["a key of 100,000 parts", () => hostile.longKey(100_000)],
  ["a text of 8 million lines", () => hostile.longText(8_000_000)],
  ["20,000 links of the Python Trunk8", () => hostile.manyOldLinks(20_000)],
  ["a million hours of visits", () => hostile.manyHours(1_000_000)],
  ["100,000 links", () => hostile.manyLinks(100_000)],
];

describe("the server answers others while an archive is read that has", () => {
  test.each(refusedArchives)("%s, and refuses it where it is wrong", async (_, make, place) => {
    const { status, page, answeredMeanwhile } = await preview(make());
    expect(status).toBe(422);
    expect(page).toContain(place);
    expect(answeredMeanwhile).toBeGreaterThan(0);
  });

  test.each(acceptedArchives)("%s, and accepts it", async (_, make) => {
    const { status, answeredMeanwhile } = await preview(make());
    expect(status).toBe(200);
    expect(answeredMeanwhile).toBeGreaterThan(0);
  });
});
