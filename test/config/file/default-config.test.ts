import { describe, expect, test } from "bun:test";
import { readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { environmentNames } from "../../../src/config/environment.ts";
import { readConfigText } from "../../../src/config/file/config-file.ts";
import { firstConfigText, writeFirstConfig } from "../../../src/config/file/default-config.ts";
import { mergeLayers } from "../../../src/config/layers.ts";
import { defaultSettings, settingKeys, settingRow } from "../../../src/config/settings.ts";
import { DataFolder } from "../folder.ts";

describe("the first config.toml", () => {
  const uncommented = firstConfigText().replaceAll(/^#(?! )/gm, "");

  test("gives no value and no warning as it stands", () => {
    expect(readConfigText(firstConfigText(), "first")).toEqual({ given: [], warnings: [] });
  });

  test("gives exactly the defaults when every value is uncommented", () => {
    const layer = readConfigText(uncommented, "first");
    expect(mergeLayers([layer])).toMatchObject({ settings: defaultSettings, warnings: [] });
    expect(layer.given.map(({ key }) => key)).toEqual(
      settingKeys.filter((key) => !settingRow(key).secret),
    );
  });

  test.each(settingKeys)("explains %s", (key) => {
    const words = firstConfigText().replaceAll("\n# ", " ");
    expect(words).toContain(settingRow(key).doc);
    expect(words).toContain(`Environment: ${environmentNames(key).join(", ")}.`);
  });

  test("explains itself in lines of at most 100 characters", () => {
    const explanations = firstConfigText()
      .split("\n")
      .filter((line) => line.startsWith("# "));
    expect(explanations.filter((line) => line.length > 100)).toEqual([]);
  });
});

describe("writing it", () => {
  test("makes the folder and a file for its owner alone, and leaves nothing beside it", async () => {
    using folder = new DataFolder();
    rmSync(folder.path, { recursive: true });
    expect(await writeFirstConfig(folder.path)).toBe(true);
    expect(statSync(folder.config).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(folder.config))).toEqual(["config.toml"]);
    expect(await Bun.file(folder.config).text()).toBe(firstConfigText());
  });

  test("never overwrites a file, not even a symlink that leads nowhere", async () => {
    using folder = new DataFolder("# mine");
    expect(await writeFirstConfig(folder.path)).toBe(false);
    expect(await Bun.file(folder.config).text()).toBe("# mine");
    rmSync(folder.config);
    symlinkSync("nowhere", folder.config);
    expect(await writeFirstConfig(folder.path)).toBe(false);
  });

  test("by many at once happens once", async () => {
    using folder = new DataFolder();
    const written = await Promise.all(
      Array.from({ length: 8 }, () => writeFirstConfig(folder.path)),
    );
    expect(written.filter(Boolean)).toEqual([true]);
    expect(readdirSync(dirname(folder.config))).toEqual(["config.toml"]);
  });
});
