import { describe, expect, test } from "bun:test";
import { readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { environmentNames } from "../../../src/config/environment.ts";
import { readConfigText } from "../../../src/config/file/config-file.ts";
import { firstConfigText, writeFirstConfig } from "../../../src/config/file/default-config.ts";
import { mergeLayers } from "../../../src/config/layers.ts";
import { defaultSettings, settingKeys, settingRow } from "../../../src/config/settings.ts";
import { text } from "../../../src/config/text.en.ts";
import { DataFolder } from "../folder.ts";

describe("the first config.toml", () => {
  const uncommented = firstConfigText().replaceAll(/^#(?! )/gm, "");

  test("sets nothing and causes no warning", () => {
    expect(readConfigText(firstConfigText(), "first")).toEqual({ given: [], warnings: [] });
  });

  test("sets exactly the defaults when every value is uncommented", () => {
    const layer = readConfigText(uncommented, "first");
    expect(mergeLayers([layer])).toMatchObject({ settings: defaultSettings, warnings: [] });
    expect(layer.given.map(({ key }) => key)).toEqual(
      settingKeys.filter((key) => !settingRow(key).secret),
    );
  });

  test.each(settingKeys)("explains %s", (key) => {
    const words = firstConfigText().replaceAll("\n# ", " ");
    expect(words).toContain(text.settings[key]);
    expect(words).toContain(text.firstConfig.environment(environmentNames(key).join(", ")));
  });

  test("wraps comments at 100 characters", () => {
    const explanations = firstConfigText()
      .split("\n")
      .filter((line) => line.startsWith("# "));
    expect(explanations.filter((line) => line.length > 100)).toEqual([]);
  });
});

describe("writeFirstConfig", () => {
  test("creates the folder and a file readable by its owner only, and leaves no other file", async () => {
    using folder = new DataFolder();
    rmSync(folder.path, { recursive: true });
    expect(await writeFirstConfig(folder.path)).toBe(true);
    expect(statSync(folder.config).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(folder.config))).toEqual(["config.toml"]);
    expect(await Bun.file(folder.config).text()).toBe(firstConfigText());
  });

  test("never overwrites a file, not even a dangling symlink", async () => {
    using folder = new DataFolder("# mine");
    expect(await writeFirstConfig(folder.path)).toBe(false);
    expect(await Bun.file(folder.config).text()).toBe("# mine");
    rmSync(folder.config);
    symlinkSync("nowhere", folder.config);
    expect(await writeFirstConfig(folder.path)).toBe(false);
  });

  test("writes once when called concurrently", async () => {
    using folder = new DataFolder();
    const written = await Promise.all(
      Array.from({ length: 8 }, () => writeFirstConfig(folder.path)),
    );
    expect(written.filter(Boolean)).toEqual([true]);
    expect(readdirSync(dirname(folder.config))).toEqual(["config.toml"]);
  });
});
