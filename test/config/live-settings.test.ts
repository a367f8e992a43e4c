import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LiveSettings } from "../../src/config/live-settings.ts";
import { defaultSettings } from "../../src/config/settings.ts";
import { text } from "../../src/config/text.en.ts";
import { until } from "../until.ts";
import { DataFolder } from "./folder.ts";

const DARK = '[app]\ntheme = "darkly"\n';
const LUX = '[app]\ntheme = "lux"\n';
const BROKEN = '[app]\ntheme = "lux\n';

let folder: DataFolder;
let live: LiveSettings;
let log: string[];

async function start(env: Record<string, string> = {}): Promise<void> {
  const note = (level: string) => (details: object, message: string) => {
    log.push(`${level} ${message} ${JSON.stringify(details)}`);
  };
  live = await LiveSettings.start({
    dataFolder: folder.path,
    env,
    flags: {},
    log: { info: note("info"), warn: note("warn"), error: note("error") },
  });
}

const untilTheme = (theme: string, seconds = 1) =>
  until(() => live.current["app.theme"] === theme, { what: `the theme ${theme}`, seconds });
const untilFault = (includes: string) =>
  until(() => live.fault?.includes(includes), { what: `the fault ${includes}` });
const untilValid = () => until(() => live.fault === null, { what: "a valid file" });

beforeEach(() => {
  folder = new DataFolder(DARK);
  log = [];
});

afterEach(() => {
  live.close();
  folder[Symbol.dispose]();
});

describe("a change takes effect within a second when the file", () => {
  const ways: [string, () => void][] = [
    ["is written in place", () => folder.save(LUX)],
    [
      "is replaced by a rename",
      () => renameSync(folder.put("config/.config.toml.swp", LUX), folder.config),
    ],
    [
      "is moved to a backup and written again, as vim does",
      () => {
        renameSync(folder.config, `${folder.config}~`);
        folder.save(LUX);
      },
    ],
    [
      "is in a folder that is recreated",
      () => {
        rmSync(join(folder.path, "config"), { recursive: true });
        mkdirSync(join(folder.path, "config"));
        folder.save(LUX);
      },
    ],
    [
      "is in a folder that is replaced",
      () => {
        mkdirSync(join(folder.path, "next"));
        folder.put("next/config.toml", LUX);
        renameSync(join(folder.path, "config"), join(folder.path, "old"));
        renameSync(join(folder.path, "next"), join(folder.path, "config"));
      },
    ],
  ];
  test.each(ways)("%s, twice", async (_, change) => {
    await start();
    change();
    await untilTheme("lux");
    folder.save(DARK);
    await untilTheme("darkly");
  });

  test("is reached through swapped symlinks, as in Kubernetes", async () => {
    const config = join(folder.path, "config");
    rmSync(folder.config);
    const publish = (version: string, toml: string) => {
      mkdirSync(join(config, version));
      writeFileSync(join(config, version, "config.toml"), toml);
      symlinkSync(version, join(config, "..data_tmp"));
      renameSync(join(config, "..data_tmp"), join(config, "..data"));
    };
    publish("..1", DARK);
    symlinkSync("..data/config.toml", folder.config);
    await start();
    expect(live.current["app.theme"]).toBe("darkly");
    publish("..2", LUX);
    await untilTheme("lux");
  });

  test("is removed, which restores the defaults", async () => {
    await start();
    rmSync(folder.config);
    await untilTheme(defaultSettings["app.theme"]);
    folder.save(LUX);
    await untilTheme("lux");
  });

  test("is created with its folder after the start", async () => {
    rmSync(join(folder.path, "config"), { recursive: true });
    await start();
    mkdirSync(join(folder.path, "config"));
    folder.save(LUX);
    await untilTheme("lux");
  });
});

test("a change that no watch reports is found by modification time", async () => {
  const real = join(folder.path, "real");
  mkdirSync(real);
  writeFileSync(join(real, "config.toml"), `${DARK}[config]\ncheck_seconds = 1\n`);
  rmSync(folder.config);
  symlinkSync(join(real, "config.toml"), folder.config);
  await start();
  await Bun.sleep(200); // until the first check, right after the start, is over
  writeFileSync(join(real, "config.toml"), LUX);
  await untilTheme("lux", 2);
});

describe("a broken file", () => {
  test("keeps the last good settings and reports its fault until it is fixed", async () => {
    await start();
    expect(live.fault).toBeNull();
    folder.save(BROKEN);
    await untilFault("line 2");
    expect(live.fault).toStartWith(`${folder.config}, line 2, column 13: `);
    expect(live.current["app.theme"]).toBe("darkly");
    folder.save(LUX);
    await untilValid();
    expect(live.current["app.theme"]).toBe("lux");
  });

  test("is logged once per fault, and once when it is valid again", async () => {
    await start();
    folder.save(BROKEN);
    await untilFault("line 2");
    folder.save(BROKEN);
    await Bun.sleep(500);
    folder.save('[app]\ntheme = "mauve"');
    await untilFault("app.theme");
    folder.save(DARK);
    await untilValid();
    expect(log.map((line) => line.split(" ", 1)[0])).toEqual(["error", "error", "info"]);
    expect(log[0]).toContain("line 2");
    expect(log[1]).toContain("app.theme");
  });

  test("is refused at the start", async () => {
    await start();
    const other = new DataFolder(BROKEN);
    const started = LiveSettings.start({ dataFolder: other.path, env: {}, flags: {} });
    await expect(started).rejects.toMatchObject({ code: "invalid" });
    other[Symbol.dispose]();
  });
});

test("a file is not read while it is being written", async () => {
  await start();
  for (let length = 0; length <= LUX.length; length++) {
    folder.save(LUX.slice(0, length));
    await Bun.sleep(40);
  }
  await untilTheme("lux", 10);
  expect(log).toEqual(['info Settings changed {"settings":["app.theme"]}']);
});

test("listeners are called with new and old settings after each change, until they are removed", async () => {
  await start();
  const heard: string[] = [];
  live.onChange(() => {
    throw new Error("fails");
  });
  const leave = live.onChange((now, before) =>
    heard.push(`${before["app.theme"]} > ${now["app.theme"]}`),
  );
  folder.save(`# only a comment\n${DARK}`);
  await Bun.sleep(500);
  folder.save(LUX);
  await until(() => heard.length > 0, { what: "the listener" });
  leave();
  folder.save(DARK);
  await untilTheme("darkly", 10);
  expect(heard).toEqual(["darkly > lux"]);
});

test("settings that need a restart keep their value, which is logged once", async () => {
  await start();
  const toml = `${LUX}[links]\ncache_size = 1000\n`;
  folder.save(toml);
  await untilTheme("lux", 10);
  folder.save(toml);
  await Bun.sleep(500);
  expect(live.current["links.cache_size"]).toBe(defaultSettings["links.cache_size"]);
  expect(log).toEqual([
    'info Changed settings take effect after a restart {"settings":["links.cache_size"]}',
    'info Settings changed {"settings":["app.theme"]}',
  ]);
});

test("a changed file does not override variables, and its secrets are never logged", async () => {
  folder.save(`${DARK}[admin]\npassword = "hunter2"\n`);
  await start({ TRUNK8_APP_THEME: "cosmo" });
  folder.save(`${LUX}[log]\nlevel = "debug"\n[admin]\npassword = "hunter3"\n`);
  await until(() => live.current["log.level"] === "debug", { what: "the log level" });
  expect(live.current["app.theme"]).toBe("cosmo");
  expect(live.current["admin.password"]).toBe("hunter2");
  expect(log.join("\n")).not.toContain("hunter");
});

test("an unknown key causes one warning", async () => {
  folder.save(`${DARK}colour = 1\n`);
  await start();
  folder.save(`${LUX}colour = 1\n`);
  await untilTheme("lux", 10);
  expect(log.filter((line) => line.startsWith("warn"))).toEqual([
    `warn ${text.unknown(text.sources.position(folder.config, 3, 10), "app.colour")} {}`,
  ]);
});

test("a closed file watch ignores changes", async () => {
  await start();
  live.close();
  folder.save(LUX);
  await Bun.sleep(600);
  expect(live.current["app.theme"]).toBe("darkly");
});

test("following the file does not keep the process alive", async () => {
  await start();
  const program = `
    const { LiveSettings } = await import(${JSON.stringify(join(import.meta.dir, "../../src/config/live-settings.ts"))});
    await LiveSettings.start({ dataFolder: ${JSON.stringify(folder.path)}, env: {}, flags: {} });
    await Bun.sleep(50);`;
  const child = Bun.spawn([process.execPath, "-e", program], { timeout: 5000 });
  expect(await child.exited).toBe(0);
});

test("fixed settings are the defaults and the given values", async () => {
  await start();
  const fixed = LiveSettings.fixed({ "app.theme": "lux" }, "/data");
  expect(fixed.current).toEqual({ ...defaultSettings, "app.theme": "lux" });
  expect([fixed.dataFolder, fixed.fault]).toEqual(["/data", null]);
});
