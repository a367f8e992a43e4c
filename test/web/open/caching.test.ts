/** How long anybody may keep what a link answers. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Settings } from "../../../src/config/settings.ts";
import type { NewLink } from "../../../src/links/input/link-schema.ts";
import { operator } from "../../../src/policy.ts";
import { cacheControlOf } from "../../../src/web/open/live-link.ts";
import { settingsWith } from "../../http/asked-call.ts";
import { newLink, share } from "../../share.ts";
import { as, openTestApp, START, type World } from "../../world.ts";

const MINUTE = "public, max-age=60, must-revalidate";

async function makeLinks(world: World, prefix: string, changes: Partial<NewLink>): Promise<void> {
  const { alice } = world.people;
  for (const redirectStatus of [301, 302, 307, 308] as const) {
    const shortCode = `${prefix}${redirectStatus}`;
    const input = newLink({ shortCode, target: "https://example.com/", redirectStatus });
    await world.app.links.create(operator, { ownerId: alice.id }, { ...input, ...changes });
  }
  for (const [kind, name] of [
    ["file", "a.png"],
    ["markdown", "a.md"],
    ["html", "a.html"],
  ] as const)
    await share(world, alice, { code: `${prefix}${kind}`, kind, name, bytes: "# Tea", ...changes });
}

const paths = ["301", "302", "307", "308", "file", "markdown", "markdown?raw=1", "html"];

async function openWorld(settings: Partial<Settings> = {}): Promise<World> {
  const world = await openTestApp({ settings });
  await makeLinks(world, "lasting", {});
  await makeLinks(world, "brief", { expiresAt: START + 90_500 });
  await makeLinks(world, "off", { disabled: true });
  return world;
}

describe("with links.max_age_seconds = 60", () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld({ "links.max_age_seconds": 60 });
  });
  afterAll(() => world.close());
  beforeEach(() => world.clock.set(START));

  const controlOf = async (path: string, init?: RequestInit) =>
    (await world.request(`/${path}`, init)).headers.get("cache-control");

  describe.each(paths)("%s", (path) => {
    test("may be kept for a minute, whoever asks first or again", async () => {
      for (let time = 1; time <= 3; time++) {
        expect(await controlOf(`lasting${path}`)).toBe(MINUTE);
        expect(await controlOf(`lasting${path}`, { method: "HEAD" })).toBe(MINUTE);
      }
    });

    test("is kept no longer than it stands", async () => {
      const rows: [after: number, control: string][] = [
        [0, MINUTE],
        [30_500, MINUTE],
        [30_501, "public, max-age=59, must-revalidate"],
        [80_000, "public, max-age=10, must-revalidate"],
        [89_500, "public, max-age=1, must-revalidate"],
        [89_501, "no-cache"],
        [90_499, "no-cache"],
        [90_500, "no-store"],
      ];
      for (const [after, control] of rows) {
        world.clock.set(START + after);
        expect([after, await controlOf(`brief${path}`)]).toEqual([after, control]);
      }
    });

    test("is kept by nobody when it is switched off", async () => {
      const { status, headers } = await world.request(`/off${path}`);
      expect([status, headers.get("cache-control")]).toEqual([410, "no-store"]);
    });
  });

  const stored = ["file", "markdown", "markdown?raw=1", "html"];

  test.each(stored)("%s is told unchanged for as long again", async (path) => {
    const whole = await world.request(`/lasting${path}`);
    const etag = whole.headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[\w-]+"$/);
    const headers = { "if-none-match": etag };
    for (const method of ["GET", "HEAD"]) {
      const again = await world.request(`/lasting${path}`, { method, headers });
      expect([again.status, again.headers.get("etag"), await again.text()]).toEqual([
        304,
        etag,
        "",
      ]);
      expect(again.headers.get("cache-control")).toBe(MINUTE);
    }
  });

  test.each(stored)("what is refused of %s is kept by nobody", async (path) => {
    const headers = { "if-match": '"other"' };
    const { status, headers: told } = await world.request(`/lasting${path}`, { headers });
    expect([status, told.get("cache-control")]).toEqual([412, "no-store"]);
  });

  test("a part may be kept, and word that there is none may not", async () => {
    const ask = (range: string) => world.request("/lastingfile", { headers: { range } });
    const [part, none] = [await ask("bytes=0-1"), await ask("bytes=99-")];
    expect([part.status, part.headers.get("cache-control")]).toEqual([206, MINUTE]);
    expect([none.status, none.headers.get("cache-control")]).toEqual([416, "no-store"]);
  });

  test("what one reader alone gets is asked for again", async () => {
    const cookie = await world.signIn(world.people.bob);
    expect(await controlOf("lastingmarkdown", { headers: { cookie } })).toBe("private, no-cache");
  });

  test("pages of ours are kept by nobody", async () => {
    for (const path of ["auth/login", "unknown", "-/view/lastingfile"])
      expect(await controlOf(path)).toBe("no-store");
  });

  test("what reaches us is counted as ever", async () => {
    const visits = async () => {
      await world.app.visits.flush();
      return (await world.app.links.get(as(world.people.alice), "lasting302")).visits;
    };
    const before = await visits();
    await world.request("/lasting302");
    expect((await visits()) - before).toBe(1);
  });
});

describe("with a host for content", () => {
  test("the way there and what is there may be kept alike", async () => {
    const world = await openWorld({
      "links.max_age_seconds": 60,
      "server.content_origin": "https://x-content.example",
    });
    const there = { headers: { host: "x-content.example" } };
    expect((await world.request("/lastinghtml")).headers.get("cache-control")).toBe(MINUTE);
    const page = await world.request("/lastinghtml", there);
    expect([page.status, page.headers.get("cache-control")]).toEqual([200, MINUTE]);
    await world.close();
  });
});

describe("with nothing said", () => {
  test("everything is asked for again, also what says 301", async () => {
    const world = await openWorld();
    for (const path of paths.flatMap((path) => [`lasting${path}`, `brief${path}`])) {
      const { headers } = await world.request(`/${path}`);
      expect([path, headers.get("cache-control")]).toEqual([path, "no-cache"]);
    }
    await world.close();
  });
});

test("a change of the setting counts from the next answer on", () => {
  const lasting = { expiresAt: null, isGated: false };
  for (const seconds of [0, 5, 60, 5, 0]) {
    const settings = settingsWith({ "links.max_age_seconds": seconds });
    const told = seconds === 0 ? "no-cache" : `public, max-age=${seconds}, must-revalidate`;
    expect(cacheControlOf(lasting, settings, START)).toBe(told);
  }
});
