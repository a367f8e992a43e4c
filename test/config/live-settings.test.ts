import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LiveSettings } from "../../src/config/live-settings.ts";
import { defaultSettings } from "../../src/config/settings.ts";
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

/** Resolves once `isSo`, and says after how many milliseconds; fails after three seconds. */
async function until(isSo: () => boolean): Promise<number> {
  const begin = performance.now();
  while (!isSo()) {
    if (performance.now() - begin > 3000) throw new Error("It did not come to pass.");
    await Bun.sleep(5);
  }
  return performance.now() - begin;
}

const themeIs = (theme: string) => () => live.current["app.theme"] === theme;

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
      "is moved to a backup and written anew, as vim does",
      () => {
        renameSync(folder.config, `${folder.config}~`);
        folder.save(LUX);
      },
    ],
    [
      "stands in a folder that is made anew",
      () => {
        rmSync(join(folder.path, "config"), { recursive: true });
        mkdirSync(join(folder.path, "config"));
        folder.save(LUX);
      },
    ],
    [
      "stands in a folder that another takes the place of",
      () => {
        mkdirSync(join(folder.path, "next"));
        folder.put("next/config.toml", LUX);
        renameSync(join(folder.path, "config"), join(folder.path, "old"));
        renameSync(join(folder.path, "next"), join(folder.path, "config"));
      },
    ],
  ];
  test.each(ways)("%s, and twice", async (_, change) => {
    await start();
    change();
    expect(await until(themeIs("lux"))).toBeLessThan(1000);
    folder.save(DARK);
    expect(await until(themeIs("darkly"))).toBeLessThan(1000);
  });

  test("is reached through symlinks that are swapped, as Kubernetes does", async () => {
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
    expect(await until(themeIs("lux"))).toBeLessThan(1000);
  });

  test("vanishes: the defaults stand", async () => {
    await start();
    rmSync(folder.config);
    expect(await until(themeIs(defaultSettings["app.theme"]))).toBeLessThan(1000);
    folder.save(LUX);
    expect(await until(themeIs("lux"))).toBeLessThan(1000);
  });

  test("and its folder appear only after the start", async () => {
    rmSync(join(folder.path, "config"), { recursive: true });
    await start();
    mkdirSync(join(folder.path, "config"));
    folder.save(LUX);
    expect(await until(themeIs("lux"))).toBeLessThan(1000);
  });
});

test("the modification time is looked at where no watch can tell", async () => {
  const real = join(folder.path, "real");
  mkdirSync(real);
  writeFileSync(join(real, "config.toml"), `${DARK}[config]\ncheck_seconds = 1\n`);
  rmSync(folder.config);
  symlinkSync(join(real, "config.toml"), folder.config);
  await start();
  await Bun.sleep(200); // the first look, right after the start, is over
  writeFileSync(join(real, "config.toml"), LUX);
  expect(await until(themeIs("lux"))).toBeLessThan(2000);
});

describe("a broken file", () => {
  test("keeps the last good settings, and its fault is told until it is mended", async () => {
    await start();
    expect(live.fault).toBeNull();
    folder.save(BROKEN);
    await until(() => live.fault !== null);
    expect(live.fault).toStartWith(`${folder.config}, line 2, column 13: `);
    expect(live.current["app.theme"]).toBe("darkly");
    folder.save(LUX);
    await until(() => live.fault === null);
    expect(live.current["app.theme"]).toBe("lux");
  });

  test("is logged once for each fault, and its mending once", async () => {
    await start();
    folder.save(BROKEN);
    await until(() => live.fault !== null);
    folder.save(BROKEN);
    await Bun.sleep(500);
    folder.save('[app]\ntheme = "mauve"');
    await until(() => live.fault?.includes("must be one of") === true);
    folder.save(DARK);
    await until(() => live.fault === null);
    expect(log.map((line) => line.slice(0, 30))).toEqual([
      "error The settings file is bro",
      "error The settings file is bro",
      "info The settings file is soun",
    ]);
  });

  test("at the start is refused: no good settings are there to keep", async () => {
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
  await until(themeIs("lux"));
  expect(log).toEqual(['info Settings changed. {"settings":["app.theme"]}']);
});

test("listeners hear the settings now and before, only when something changed, until they leave", async () => {
  await start();
  const heard: string[] = [];
  live.onChange(() => {
    throw new Error("A listener that fails stops no other.");
  });
  const leave = live.onChange((now, before) =>
    heard.push(`${before["app.theme"]} > ${now["app.theme"]}`),
  );
  folder.save(`# only a comment\n${DARK}`);
  await Bun.sleep(500);
  folder.save(LUX);
  await until(() => heard.length > 0);
  leave();
  folder.save(DARK);
  await until(themeIs("darkly"));
  expect(heard).toEqual(["darkly > lux"]);
});

test("settings that need a restart keep their started value, and the log says so once", async () => {
  await start();
  const toml = `${LUX}[links]\ncache_size = 1000\n`;
  folder.save(toml);
  await until(themeIs("lux"));
  folder.save(toml);
  await Bun.sleep(500);
  expect(live.current["links.cache_size"]).toBe(defaultSettings["links.cache_size"]);
  expect(log).toEqual([
    'info These settings take effect at the next start. {"settings":["links.cache_size"]}',
    'info Settings changed. {"settings":["app.theme"]}',
  ]);
});

test("environment wins over a changed file, and a secret in it is never logged", async () => {
  folder.save(`${DARK}[admin]\npassword = "hunter2"\n`);
  await start({ TRUNK8_APP_THEME: "cosmo" });
  folder.save(`${LUX}[log]\nlevel = "debug"\n[admin]\npassword = "hunter3"\n`);
  await until(() => live.current["log.level"] === "debug");
  expect(live.current["app.theme"]).toBe("cosmo");
  expect(live.current["admin.password"]).toBe("hunter2");
  expect(log.join("\n")).not.toContain("hunter");
});

test("unknown keys are warned about once", async () => {
  folder.save(`${DARK}colour = 1\n`);
  await start();
  folder.save(`${LUX}colour = 1\n`);
  await until(themeIs("lux"));
  expect(log.filter((line) => line.startsWith("warn"))).toEqual([
    `warn ${folder.config}, line 3, column 10: there is no setting app.colour. {}`,
  ]);
});

test("after close nothing is followed any more", async () => {
  await start();
  live.close();
  folder.save(LUX);
  await Bun.sleep(600);
  expect(live.current["app.theme"]).toBe("darkly");
});

test("following the file keeps no program alive", async () => {
  await start();
  const program = `
    const { LiveSettings } = await import(${JSON.stringify(join(import.meta.dir, "../../src/config/live-settings.ts"))});
    await LiveSettings.start({ dataFolder: ${JSON.stringify(folder.path)}, env: {}, flags: {} });
    await Bun.sleep(50);`;
  const child = Bun.spawn([process.execPath, "-e", program], { timeout: 5000 });
  expect(await child.exited).toBe(0);
});

test("fixed settings are the defaults but for what is given", async () => {
  await start();
  const fixed = LiveSettings.fixed({ "app.theme": "lux" }, "/data");
  expect(fixed.current).toEqual({ ...defaultSettings, "app.theme": "lux" });
  expect([fixed.dataFolder, fixed.fault]).toEqual(["/data", null]);
});
