import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { configPath } from "../../../src/config/file/config-file.ts";
import type { Settings } from "../../../src/config/settings.ts";
import { databases, form, openTestApp, type World, type WorldOptions } from "../../world.ts";
import { cookiesFrom, readPage } from "../read-page.ts";

let world: World;
let admin: string;

async function open(options: WorldOptions): Promise<void> {
  world = await openTestApp(options);
  admin = await world.signIn(world.people.admin);
}
afterEach(() => world.close());

const get = (path: string, cookie = admin) => world.request(path, { headers: { cookie } });
const post = (fields: Record<string, string>, cookie = admin) =>
  world.request("/-/settings", form(fields, cookie));
const pageNow = async () => await readPage(await get("/-/settings"));

for (const kind of databases) {
  describe(`the site's settings on ${kind}`, () => {
    beforeEach(() => open({ database: kind }));

    test("are shown, changed at once, told, and recorded with who did it", async () => {
      expect((await pageNow()).values).toMatchObject({
        "app.title": "Trunk8",
        "app.max_file_size_mb": "100",
        "links.indexed": "",
        "shown.app.title": "Trunk8",
      });
      const fields = {
        "app.title": "Our links",
        "links.indexed": "on",
        "files.allowed_extensions": "PDF, .txt",
        "app.timezone": "Europe/Berlin",
      };
      const response = await post(fields);
      expect([response.status, response.headers.get("location")]).toEqual([303, "/-/settings"]);
      const next = await readPage(await get("/-/settings", `${admin}; ${cookiesFrom(response)}`));
      expect(next.text).toContain("Our links");
      expect(next.text).toContain("Saved.");
      expect(next.values["files.allowed_extensions"]).toBe("pdf, txt");
      expect(world.app.live.current["links.indexed"]).toBe(true);
      const record = await readPage(await get("/-/audit?thing=app.title"));
      expect(record.text).toContain(
        "admin Setting changed: app.title from: Trunk8, to: Our links 203.0.113.7",
      );
    });

    const refusals: [key: keyof Settings, typed: string, message: string][] = [
      ["app.title", " ", "This must be a line of 1 to 60 characters."],
      [
        "app.home",
        "javascript:alert(1)",
        "This must be login or an address such as https://x.example/, without user name.",
      ],
      [
        "app.timezone",
        "Mars/Olympus",
        "This must be an IANA time zone such as Europe/Berlin, or empty.",
      ],
      ["app.max_file_size_mb", "1.5", "This must be a whole number from 0 to 100000000."],
      ["session.permanent_lifetime_days", "0", "This must be a whole number from 1 to 3650."],
      ["links.indexed", "maybe", "This must be true or false."],
      ["links.schemes", "https, javascript", "This must be names such as"],
    ];

    test("that will not do are refused beside their fields, and none is saved", async () => {
      const typed = Object.fromEntries(refusals.map(([key, text]) => [key, text]));
      const response = await post({ ...typed, "audit.retention_days": "7" });
      const page = await readPage(response);
      expect(response.status).toBe(422);
      expect(Object.keys(page.problems).sort()).toEqual(refusals.map(([key]) => key).sort());
      for (const [key, , message] of refusals) expect(page.problems[key]).toStartWith(message);
      expect(page.values["app.timezone"]).toBe("Mars/Olympus");
      expect(world.app.live.current["audit.retention_days"]).toBe(365);
    });

    test("that a page showed and nobody touched stay as somebody else has set them since", async () => {
      const { values } = await pageNow();
      const boxes = { "links.indexed": "off" };
      await post({ "app.title": "Theirs" });
      await post({ ...values, ...boxes, "audit.retention_days": "7" });
      expect(world.app.live.current).toMatchObject({
        "app.title": "Theirs",
        "audit.retention_days": 7,
      });
    });

    test("of other names are left alone", async () => {
      const fields = { "admin.password": "stolen secret", "server.listen": "0.0.0.0:1" };
      expect((await post(fields)).status).toBe(303);
      expect(world.app.live.overriderOf("server.listen")).toBe(null);
      expect(existsSync(configPath(world.dataFolder))).toBe(false);
    });

    test("are for administrators, in their own place", async () => {
      const alice = await world.signIn(world.people.alice);
      for (const cookie of [alice, await actingFor()]) {
        expect((await get("/-/settings", cookie)).status).toBe(403);
        expect((await post({ "app.title": "Mine" }, cookie)).status).toBe(403);
      }
      expect((await post({ "app.title": "Mine" }, "")).status).toBe(401);
      expect(world.app.live.current["app.title"]).toBe("Trunk8");
    });

    async function actingFor(): Promise<string> {
      const cookie = await world.signIn(world.people.admin);
      await world.request("/auth/switch-user/alice", form({}, cookie));
      return cookie;
    }

    test("have the themes that admin chooses among them", async () => {
      await world.request("/settings", form({ theme: "darkly" }, admin));
      expect(world.app.live.current["app.theme"]).toBe("darkly");
      expect((await readPage(await get("/-/audit?thing=app.theme"))).text).toContain(
        "from: cerulean, to: darkly",
      );
    });
  });
}

describe("a settings file", () => {
  const put = (text: string) => {
    const path = configPath(world.dataFolder);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };

  beforeEach(() => open({}));

  test("keeps its comments and gets what is new alone", async () => {
    const path = put('[app] # ours\n# why\ntitle = "Before" # nice\n');
    await world.app.live.reload();
    await post({ "app.title": "After", "app.max_file_size_mb": "100" });
    expect(readFileSync(path, "utf8")).toBe('[app] # ours\n# why\ntitle = "After" # nice\n');
  });

  test("that is read-only refuses, with the reason, and keeps what was typed", async () => {
    const path = put("[app]\n");
    chmodSync(path, 0o444);
    const response = await post({ "app.title": "After" });
    const page = await readPage(response);
    expect(response.status).toBe(422);
    expect(page.text).toContain(`${path} is read-only.`);
    expect(page.values["app.title"]).toBe("After");
  });

  test("that is broken is shown with line and column, and not written over", async () => {
    const path = put('[app]\ntitle = "Before\n');
    await world.app.live.reload();
    expect((await pageNow()).text).toContain(`${path}, line 2, column`);
    const response = await post({ "app.title": "After" });
    expect(response.status).toBe(422);
    expect((await readPage(response)).text).toContain("line 2, column");
    expect(readFileSync(path, "utf8")).toBe('[app]\ntitle = "Before\n');
  });
});

describe("a setting that something outside gives", () => {
  beforeEach(() => open({ settings: { "app.title": "From outside" } }));

  test("is shown with what gives it, and refused", async () => {
    const page = await pageNow();
    expect(page.text).toContain("From outside, set by the command line.");
    expect(page.values["app.title"]).toBeUndefined();
    const response = await post({ "app.title": "Mine" });
    expect(response.status).toBe(422);
    expect((await readPage(response)).text).toContain("app.title is set by the command line");
  });
});
