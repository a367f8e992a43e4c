import { describe, expect, test } from "bun:test";
import { describeSettings } from "../../src/cli/commands/config.ts";
import { environmentNames } from "../../src/config/environment.ts";
import { loadSettings } from "../../src/config/load-settings.ts";
import { settingKeys, settingRow } from "../../src/config/settings.ts";
import { text } from "../../src/config/text.en.ts";
import { PROGRAM_FILE } from "../cli/program-file.ts";
import { DataFolder } from "./folder.ts";

const SECRET = "hunter2";

async function runConfig(folder: DataFolder, env: Record<string, string>, ...args: string[]) {
  const command = [process.execPath, PROGRAM_FILE, "config", "--data", folder.path, ...args];
  const child = Bun.spawn(command, { env, cwd: folder.path, stderr: "pipe" });
  return {
    out: await new Response(child.stdout).text(),
    err: await new Response(child.stderr).text(),
    exitCode: await child.exited,
  };
}

describe("trunk8 config", () => {
  test("prints each setting and where it came from", async () => {
    using folder = new DataFolder('[app]\ntheme = "darkly"\ncolour = 1\n');
    const { out, err, exitCode } = await runConfig(folder, { TRUNK8_PORT: "80" });
    const lines = out.trimEnd().split("\n");
    expect(lines.map((line) => line.split(" = ")[0])).toEqual(settingKeys);
    expect(out).toMatch(new RegExp(`^app\\.theme = "darkly" +# file ${folder.config}$`, "m"));
    expect(out).toMatch(/^server\.listen = "0\.0\.0\.0:80" +# environment TRUNK8_PORT$/m);
    expect(out).toMatch(/^secret\.key = \(not set\) +# default$/m);
    const position = text.sources.position(folder.config, 3, 10);
    expect(err).toBe(`${text.unknown(position, "app.colour")}\n`);
    expect(exitCode).toBe(0);
  });

  test("prints the same as JSON", async () => {
    using folder = new DataFolder("[links]\ncache_size = 500\n");
    const { out } = await runConfig(folder, {}, "--json");
    const printed = JSON.parse(out);
    expect(printed).toHaveLength(settingKeys.length);
    expect(printed).toContainEqual({
      key: "links.cache_size",
      value: 500,
      origin: `file ${folder.config}`,
    });
  });

  test("shows no secret, in lines or JSON", async () => {
    using folder = new DataFolder(`[admin]\npassword = "${SECRET}"\n`);
    const env = {
      TRUNK8_SECRET_KEY: SECRET,
      TRUNK8_DATABASE_URL: `postgres://me:${SECRET}@db.example:5433/links?password=${SECRET}`,
      TRUNK8_DATABASE_LISTEN_URL: `postgres://me:${SECRET}@one.example:5433,two.example/links`,
    };
    for (const args of [[], ["--json"]]) {
      const { out, err } = await runConfig(folder, env, ...args);
      expect(out).toContain("postgres://db.example:5433/links");
      expect(out).toContain("postgres://one.example:5433,two.example/links");
      expect(out).toContain("(set)");
      expect(out + err).not.toContain(SECRET);
    }
  });

  test("reports the position of an error in the file and exits with 1", async () => {
    using folder = new DataFolder(`[admin]\npassword = "${SECRET}\n`);
    const { out, err, exitCode } = await runConfig(folder, {});
    expect(out).toBe("");
    expect(err).toContain(`${folder.config}, line 2, column 20: `);
    expect(err).not.toContain(SECRET);
    expect(exitCode).toBe(1);
  });
});

test("hides the value of every secret", async () => {
  using folder = new DataFolder();
  const secrets = settingKeys.filter((key) => settingRow(key).secret);
  const env = Object.fromEntries(
    secrets.map((key) => [environmentNames(key)[0], `postgres://${SECRET}:${SECRET}@h/n`]),
  );
  const loaded = await loadSettings({ dataFolder: folder.path, env, flags: {} });
  expect(JSON.stringify(describeSettings(loaded))).not.toContain(SECRET);
});
