import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { configPath } from "../../../src/config/file/config-file.ts";
import type { Settings } from "../../../src/config/settings.ts";
import { text as config } from "../../../src/config/text.en.ts";
import { forbiddenSchemes } from "../../../src/config/values/addresses.ts";
import { text as values } from "../../../src/config/values/text.en.ts";
import { text } from "../../../src/web/site/text.en.ts";
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
  describe(`site settings on ${kind}`, () => {
    beforeEach(() => open({ database: kind }));

    test("are shown, changed immediately and recorded in the audit log", async () => {
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
      expect(next.html).toContain('data-notice="saved"');
      expect(next.values["files.allowed_extensions"]).toBe("pdf, txt");
      expect(world.app.live.current["links.indexed"]).toBe(true);
      const record = await readPage(await get("/-/audit?thing=app.title"));
      expect(record.text).toContain(
        "admin Setting changed: app.title from: Trunk8, to: Our links 203.0.113.7",
      );
    });

    test("warn where several accounts share a host with their HTML pages", async () => {
      const words = "Users' HTML pages are served from this site's own host";
      expect((await pageNow()).text).toContain(words);
      const apart = await openTestApp({
        database: kind,
        settings: { "server.content_origin": "https://x-content.example" },
      });
      const cookie = await apart.signIn(apart.people.admin);
      const response = await apart.request("/-/settings", { headers: { cookie } });
      expect((await readPage(response)).text).not.toContain(words);
      await apart.close();
    });

    const refusals: [key: keyof Settings, typed: string, expected: string][] = [
      ["app.title", " ", values.line(60)],
      ["app.home", "javascript:alert(1)", values.homePage],
      ["app.timezone", "Mars/Olympus", values.zone],
      ["app.max_file_size_mb", "1.5", values.wholeNumber(0, 100_000_000)],
      ["session.permanent_lifetime_days", "0", values.wholeNumber(1, 3650)],
      ["links.indexed", "maybe", values.flag],
      ["links.schemes", "https, javascript", values.schemes([...forbiddenSchemes])],
    ];

    test("are refused beside their fields, and none is saved, where one is invalid", async () => {
      const typed = Object.fromEntries(refusals.map(([key, text]) => [key, text]));
      const response = await post({ ...typed, "audit.retention_days": "7" });
      const page = await readPage(response);
      expect(response.status).toBe(422);
      expect(Object.keys(page.problems).sort()).toEqual(refusals.map(([key]) => key).sort());
      for (const [key, , expected] of refusals)
        expect(page.problems[key]).toBe(text.siteSettings.mustBe(expected));
      expect(page.values["app.timezone"]).toBe("Mars/Olympus");
      expect(world.app.live.current["audit.retention_days"]).toBe(365);
    });

    test("keep what another administrator saved in the meantime where a field is untouched", async () => {
      const { values } = await pageNow();
      const boxes = { "links.indexed": "off", "links.forward_query": "off" };
      await post({ "app.title": "Theirs" });
      await post({ ...values, ...boxes, "audit.retention_days": "7" });
      expect(world.app.live.current).toMatchObject({
        "app.title": "Theirs",
        "audit.retention_days": 7,
      });
    });

    test("that the page does not have cannot be changed", async () => {
      const fields = { "admin.password": "stolen secret", "server.listen": "0.0.0.0:1" };
      expect((await post(fields)).status).toBe(303);
      expect(world.app.live.overriderOf("server.listen")).toBe(null);
      expect(existsSync(configPath(world.dataFolder))).toBe(false);
    });

    test("are for administrators who are not impersonating", async () => {
      const alice = await world.signIn(world.people.alice);
      for (const cookie of [alice, await impersonate()]) {
        expect((await get("/-/settings", cookie)).status).toBe(403);
        expect((await post({ "app.title": "Mine" }, cookie)).status).toBe(403);
      }
      expect((await post({ "app.title": "Mine" }, "")).status).toBe(401);
      expect(world.app.live.current["app.title"]).toBe("Trunk8");
    });

    async function impersonate(): Promise<string> {
      const cookie = await world.signIn(world.people.admin);
      await world.request("/auth/switch-user/alice", form({}, cookie));
      return cookie;
    }

    test("record the themes that admin chooses", async () => {
      await world.request("/settings", form({ theme: "darkly" }, admin));
      expect(world.app.live.current["app.theme"]).toBe("darkly");
      expect((await readPage(await get("/-/audit?thing=app.theme"))).text).toContain(
        "from: cerulean, to: darkly",
      );
    });
  });
}

describe("the settings file", () => {
  const put = (text: string) => {
    const path = configPath(world.dataFolder);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };

  beforeEach(() => open({}));

  test("keeps its comments and gets only changed values", async () => {
    const path = put('[app] # ours\n# why\ntitle = "Before" # nice\n');
    await world.app.live.reload();
    await post({ "app.title": "After", "app.max_file_size_mb": "100" });
    expect(readFileSync(path, "utf8")).toBe('[app] # ours\n# why\ntitle = "After" # nice\n');
  });

  test("is reported as read-only, and the typed values are kept", async () => {
    const path = put("[app]\n");
    chmodSync(path, 0o444);
    const response = await post({ "app.title": "After" });
    const page = await readPage(response);
    expect(response.status).toBe(422);
    expect(page.text).toContain(config.file.readOnly(path));
    expect(page.values["app.title"]).toBe("After");
  });

  test("is reported as broken with line and column, and not overwritten", async () => {
    const path = put('[app]\ntitle = "Before\n');
    await world.app.live.reload();
    expect((await pageNow()).text).toContain(`${path}, line 2, column`);
    const response = await post({ "app.title": "After" });
    expect(response.status).toBe(422);
    expect((await readPage(response)).text).toContain("line 2, column");
    expect(readFileSync(path, "utf8")).toBe('[app]\ntitle = "Before\n');
  });
});

describe("an overridden setting", () => {
  beforeEach(() => open({ settings: { "app.title": "From outside" } }));

  test("is shown with what overrides it, and refused", async () => {
    const page = await pageNow();
    expect(page.text).toContain(
      text.siteSettings.overridden
        .replace("{value}", "From outside")
        .replace("{overrider}", config.overriders.commandLine),
    );
    expect(page.values["app.title"]).toBeUndefined();
    const response = await post({ "app.title": "Mine" });
    expect(response.status).toBe(422);
    expect((await readPage(response)).text).toContain(
      config.overridden("app.title", config.overriders.commandLine),
    );
  });
});
