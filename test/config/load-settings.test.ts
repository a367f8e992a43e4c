import { describe, expect, test } from "bun:test";
import { mkdirSync, rmSync } from "node:fs";
import type { Environment } from "../../src/config/environment.ts";
import type { Origin } from "../../src/config/layers.ts";
import { type Flags, loadSettings } from "../../src/config/load-settings.ts";
import { defaultSettings } from "../../src/config/settings.ts";
import { text } from "../../src/config/text.en.ts";
import { text as values } from "../../src/config/values/text.en.ts";
import { Problem } from "../../src/problem.ts";
import { DataFolder } from "./folder.ts";

interface Given {
  readonly toml?: string;
  readonly env?: Environment;
  readonly flags?: Flags;
}

async function load({ toml, env = {}, flags = {} }: Given) {
  using folder = new DataFolder(toml);
  return await loadSettings({ dataFolder: folder.path, env, flags });
}

async function refusal(folder: DataFolder): Promise<string> {
  const loaded = loadSettings({ dataFolder: folder.path, env: {}, flags: {} });
  const problem = await loaded.then(() => null).catch((thrown) => thrown);
  expect(problem).toBeInstanceOf(Problem);
  expect(problem.code).toBe("invalid");
  return problem.message;
}

describe("the order of sources", () => {
  const toml = "[visits]\nretention_days = 2";
  const env = { TRUNK8_VISITS_RETENTION_DAYS: "3" };
  const flags = { "visits.retention_days": "4" };
  const rows: [string, Given, number, Origin["from"]][] = [
    ["without any source, the default is used", {}, 90, "default"],
    ["the file wins over the default", { toml }, 2, "file"],
    ["the environment wins over the file", { toml, env }, 3, "environment"],
    ["a flag wins over the environment", { toml, env, flags }, 4, "flag"],
  ];
  test.each(rows)("%s", async (_, given, value, from) => {
    const { settings, origins } = await load(given);
    expect(settings).toEqual({ ...defaultSettings, "visits.retention_days": value });
    expect(origins["visits.retention_days"].from).toBe(from);
    expect(origins["app.theme"]).toEqual({ from: "default" });
  });

  test("origins name the file and the variable", async () => {
    using folder = new DataFolder('[app]\ntheme = "darkly"');
    const sources = { dataFolder: folder.path, env: { TRUNK8_PORT: "80" }, flags: {} };
    const { origins } = await loadSettings(sources);
    expect(origins["app.theme"]).toEqual({ from: "file", path: folder.config });
    expect(origins["server.listen"]).toEqual({ from: "environment", name: "TRUNK8_PORT" });
  });
});

describe("the file", () => {
  const rows: [string, string][] = [
    ["a section", '[app]\ntheme = "darkly"\n[log]\nlevel = "debug"'],
    ["dotted keys", 'app.theme = "darkly"\nlog . level = "debug"'],
    ["inline tables", 'app = { theme = "darkly" }\nlog = { level = "debug" }'],
    [
      "quoted keys, carriage returns and a byte order mark",
      '\ufeff["app"]\r\n"theme" = \'darkly\'\r\n[log]\r\nlevel = "DEBUG" # much\r\n',
    ],
  ];
  test.each(rows)("may be written with %s", async (_, toml) => {
    const { settings, warnings } = await load({ toml });
    expect(settings).toEqual({ ...defaultSettings, "app.theme": "darkly", "log.level": "debug" });
    expect(warnings).toEqual([]);
  });

  test("causes warnings with line and column for unknown settings", async () => {
    using folder = new DataFolder(
      "colour = 1\n[app]\nthem = 2\n[[log]]\nlevel = 3\n[extra.deep]\nx = 4",
    );
    const { settings, warnings } = await loadSettings({
      dataFolder: folder.path,
      env: {},
      flags: {},
    });
    expect(settings).toEqual(defaultSettings);
    expect(warnings).toEqual([
      text.unknown(text.sources.position(folder.config, 1, 10), "colour"),
      text.unknown(text.sources.position(folder.config, 3, 8), "app.them"),
      text.unknown(text.sources.position(folder.config, 4, 1), "log"),
      text.unknown(text.sources.position(folder.config, 6, 1), "extra.deep"),
    ]);
  });
});

describe("a bad file is refused with line and column", () => {
  const rows: [string, string, string][] = [
    ["[app]\ntheme = ", "line 2, column 9", "invalid value"],
    ["[app\n", "line 1, column 5", ""],
    ["a = 1\na = 2", "line 2, column 1", "trying to redefine"],
    ["[visits]\n\n  retention_days = 0", "line 3, column 20", values.wholeNumber(1, 36_500)],
    ["visits.retention_days = 1.5", "line 1, column 25", "visits.retention_days"],
    ["visits = { retention_days = [] }", "line 1, column 10", "visits.retention_days"],
    ['[config]\ncheck_seconds = "5x"', "line 2, column 17", "config.check_seconds"],
    ["[app]\nexamples = 7", "line 2, column 12", values.flag],
    ["[app]\ntheme = 2020-01-01", "line 2, column 9", "brite, cerulean"],
    ['[app]\ntheme = "x"\n[log]\nlevel = "x"', "line 2, column 9", "app.theme"],
    ["[app.theme]\nx = 1", "line 1, column 1", "app.theme"],
    ["[links]\nschemes = [1]", "line 2, column 11", "links.schemes"],
  ];
  test.each(rows)("%j", async (toml, place, what) => {
    using folder = new DataFolder(toml);
    const message = await refusal(folder);
    expect(message).toStartWith(`${folder.config}, ${place}: `);
    expect(message).toContain(what);
  });

  test("a file that is not UTF-8 is refused", async () => {
    using folder = new DataFolder();
    folder.put("config/config.toml", new Uint8Array([0x61, 0xff]));
    expect(await refusal(folder)).toBe(text.file.notUtf8(folder.config));
  });

  test("a folder of its name is refused", async () => {
    using folder = new DataFolder();
    mkdirSync(folder.config);
    expect(await refusal(folder)).toBe(text.file.unreadable(folder.config, "EISDIR"));
  });

  test("a missing folder is not refused", async () => {
    using folder = new DataFolder();
    rmSync(folder.path, { recursive: true });
    const { settings } = await loadSettings({ dataFolder: folder.path, env: {}, flags: {} });
    expect(settings).toEqual(defaultSettings);
  });
});

test("a bad flag is refused", async () => {
  const loaded = load({ flags: { "server.listen": "nowhere" } });
  expect(loaded).rejects.toThrow("server.listen");
});

test("an error in the file never contains a secret", async () => {
  const files = [
    '[admin]\npassword = "hunter2',
    "[admin]\npassword = hunter2",
    '[admin]\npassword = ["hunter2"]',
    '[database]\nurl = "mysql://root:hunter2@db/x"',
  ];
  for (const toml of files) {
    using folder = new DataFolder(toml);
    expect(await refusal(folder)).not.toContain("hunter2");
  }
});
