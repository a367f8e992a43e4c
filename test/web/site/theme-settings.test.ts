import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { configPath } from "../../../src/config/file/config-file.ts";
import { text as settings } from "../../../src/config/text.en.ts";
import { text as values } from "../../../src/config/values/text.en.ts";
import { themeNames } from "../../../src/config/values/themes.ts";
import { text as words } from "../../../src/web/site/text.en.ts";
import { form, openTestApp, type World } from "../../world.ts";
import { cookiesFrom, readPage } from "../read-page.ts";

let world: World;
let config: string;

beforeAll(async () => {
  world = await openTestApp();
  config = configPath(world.dataFolder);
});
afterAll(() => world.close());

const get = (cookie: string, path = "/settings") => world.request(path, { headers: { cookie } });
const post = (fields: Record<string, string>, cookie: string) =>
  world.request("/settings", form(fields, cookie));

/** Checked radio buttons, by name. */
const chosenOn = (html: string) =>
  Object.fromEntries(
    [...html.matchAll(/<input[^>]*type="radio"[^>]*>/g)]
      .map(([box]) => box)
      .filter((box) => / checked/.test(box))
      .map((box) => [/name="(\w+)"/.exec(box)?.[1], /value="(\w*)"/.exec(box)?.[1]]),
  );

const sheetOf = (html: string) => /\/static\/(\w+)-page\.\w+\.css/.exec(html)?.[1];

const putConfig = (text: string) => {
  mkdirSync(dirname(config), { recursive: true });
  writeFileSync(config, text);
};

describe("the theme page", () => {
  test("offers every theme with its stylesheet and colours", async () => {
    const { html, text } = await readPage(await get(await world.signIn(world.people.alice)));
    for (const name of ["theme", "markdown_theme"])
      for (const value of ["", ...themeNames])
        expect(html).toContain(`type="radio" name="${name}" value="${value}"`);
    for (const theme of themeNames)
      expect(html).toMatch(new RegExp(`data-sheet="/static/${theme}\\.[0-9a-f]{10}\\.css"`));
    expect(text).toContain(`Darkly ${values.themes.darkly}`);
    expect(html).toContain('fill="#1a0933"');
    expect(chosenOn(html)).toEqual({ theme: "", markdown_theme: "" });
  });

  test("has no inline style or script", async () => {
    const { html } = await readPage(await get(await world.signIn(world.people.alice)));
    expect(html).not.toMatch(/ style=| on\w+=|<style|<script>/);
  });

  test("requires sign-in", async () => {
    const response = await world.request("/settings");
    expect([response.status, response.headers.get("location")]).toEqual([
      303,
      "/auth/login?next=%2Fsettings",
    ]);
    expect((await world.request("/settings", form({ theme: "lux" }))).status).toBe(401);
  });
});

describe("a user's themes", () => {
  test("are saved and used by every page", async () => {
    const cookie = await world.signIn(world.people.alice);
    const response = await post({ theme: "darkly", markdown_theme: "lux" }, cookie);
    expect([response.status, response.headers.get("location")]).toEqual([303, "/settings"]);
    const { html } = await readPage(await get(`${cookie}; ${cookiesFrom(response)}`));
    expect(html).toContain('data-notice="saved"');
    expect(chosenOn(html)).toEqual({ theme: "darkly", markdown_theme: "lux" });
    expect(sheetOf(html)).toBe("darkly");
    expect(sheetOf(await (await world.request("/auth/login")).text())).toBe("cerulean");
  });

  test("can be reset to the site default; an absent field keeps its theme", async () => {
    const cookie = await world.signIn(world.people.alice);
    await post({ theme: "darkly", markdown_theme: "lux" }, cookie);
    await post({ theme: "" }, cookie);
    const { html } = await readPage(await get(cookie));
    expect(chosenOn(html)).toEqual({ theme: "", markdown_theme: "lux" });
    expect(sheetOf(html)).toBe("cerulean");
  });

  const refusals: [what: string, fields: Record<string, string>, problems: object][] = [
    [
      "an unknown theme",
      { theme: "mauve", markdown_theme: "lux" },
      { theme: words.themes.unknown },
    ],
    [
      "a name that every object has",
      { theme: "lux", markdown_theme: "constructor" },
      { markdown_theme: words.themes.unknown },
    ],
    ["an empty form", {}, { theme: words.themes.choose }],
    ["fields that do not belong", { role: "administrator" }, { theme: words.themes.choose }],
  ];
  test.each(refusals)("are unchanged when %s is sent", async (_, fields, problems) => {
    const cookie = await world.signIn(world.people.bob);
    const response = await post(fields, cookie);
    const page = await readPage(response);
    expect([response.status, page.problems]).toEqual([422, { ...problems }]);
    const { html } = await readPage(await get(cookie));
    expect(chosenOn(html)).toEqual({ theme: "", markdown_theme: "" });
  });

  test("are all that the form can change", async () => {
    const cookie = await world.signIn(world.people.bob);
    await post({ theme: "lux", role: "administrator", user: "alice", display_name: "x" }, cookie);
    const bob = await world.app.accounts.users.findByUsername("bob");
    expect(bob).toEqual({ ...world.people.bob, theme: "lux" });
  });
});

describe("the site's themes", () => {
  test("are written to config.toml, keep its comments, and take effect immediately", async () => {
    putConfig('# ours\n[app]\n# why\n#theme = "cerulean"\n');
    const cookie = await world.signIn(world.people.admin);
    const response = await post({ theme: "vapor", markdown_theme: "cerulean" }, cookie);
    expect(response.status).toBe(303);
    expect(readFileSync(config, "utf8")).toBe('# ours\n[app]\n# why\ntheme = "vapor"\n');
    expect(sheetOf(await (await world.request("/auth/login")).text())).toBe("vapor");
    expect((await world.app.accounts.users.findByUsername("admin"))?.theme).toBeNull();
    expect(chosenOn((await readPage(await get(cookie))).html)).toEqual({
      theme: "vapor",
      markdown_theme: "cerulean",
    });
  });

  const refusals: [why: string, prepare: () => void, message: string][] = [
    ["the file is broken", () => putConfig('[app]\ntheme = "lux\n'), "line 2, column 13"],
    [
      "the file is read-only",
      () => {
        rmSync(config, { force: true });
        putConfig("# locked\n");
        chmodSync(config, 0o444);
      },
      "config.toml",
    ],
  ];
  test.each(refusals)(
    "are unchanged when %s, and the page says why",
    async (_, prepare, message) => {
      prepare();
      const before = readFileSync(config, "utf8");
      const response = await post({ theme: "solar" }, await world.signIn(world.people.admin));
      const { html, text } = await readPage(response);
      expect([response.status, chosenOn(html).theme]).toEqual([422, "solar"]);
      expect(text).toContain(message);
      expect(readFileSync(config, "utf8")).toBe(before);
      rmSync(config);
    },
  );

  test("cannot be empty", async () => {
    const response = await post({ theme: "" }, await world.signIn(world.people.admin));
    const { problems, html } = await readPage(response);
    expect([response.status, problems.theme]).toEqual([422, words.themes.chooseForSite]);
    expect(html).not.toContain('name="theme" value=""');
  });

  test("cannot be chosen where they are overridden, and the page says by what", async () => {
    const fixed = await openTestApp({ settings: { "app.theme": "minty" } });
    const cookie = await fixed.signIn(fixed.people.admin);
    const page = await fixed.request("/settings", { headers: { cookie } });
    const { html, text } = await readPage(page);
    expect(text).toContain(words.themes.overridden("Minty", settings.overriders.commandLine));
    expect(html).not.toContain('type="radio" name="theme"');
    expect(html).toContain('type="radio" name="markdown_theme"');
    const sent = await fixed.request("/settings", form({ theme: "lux" }, cookie));
    expect(sent.status).toBe(422);
    expect((await readPage(sent)).text).toContain(
      settings.overridden("app.theme", settings.overriders.commandLine),
    );
    await fixed.close();
  });
});
