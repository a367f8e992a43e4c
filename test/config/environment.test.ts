import { describe, expect, test } from "bun:test";
import {
  type Environment,
  environmentNames,
  readEnvironment,
} from "../../src/config/environment.ts";
import { mergeLayers } from "../../src/config/layers.ts";
import { defaultSettings, type SettingKey, settingKeys } from "../../src/config/settings.ts";
import { text } from "../../src/config/text.en.ts";
import { DataFolder } from "./folder.ts";

async function settingsFrom(env: Environment) {
  return mergeLayers([await readEnvironment(env)]).settings;
}

/** For every setting a text other than its default, and what it becomes. */
const examples: Record<SettingKey, [text: string, value: unknown]> = {
  "app.title": [" Our links ", "Our links"],
  "app.theme": ["Darkly", "darkly"],
  "app.markdown_theme": [" LUX ", "lux"],
  "app.home": ["HTTPS://X.example/a", "https://x.example/a"],
  "app.language": ["en-xa", "en-xa"],
  "app.timezone": ["Europe/Berlin", "Europe/Berlin"],
  "app.examples": ["no", false],
  "app.max_file_size_mb": ["0", 0],
  "files.allowed_extensions": [".PDF, png", ["pdf", "png"]],
  "files.inline": ["no", false],
  "files.remove_metadata": ["no", false],
  "files.quota_mb": ["500", 500],
  "files.chunk_mb": ["8", 8],
  "files.site_files": ["50", 50],
  "files.resume_days": ["30", 30],
  "files.accelerate": ["NGINX", "nginx"],
  "files.cache_mb": ["0", 0],
  "admin.password": [" with blanks ", " with blanks "],
  "secret.key": ["key", "key"],
  "session.permanent_lifetime_days": ["7", 7],
  "server.listen": ["127.0.0.1:80", "127.0.0.1:80"],
  "server.workers": [" AUTO ", "auto"],
  "server.timeout": ["60", 60],
  "server.keep_alive": ["65", 65],
  "server.max_requests": ["1000", 1000],
  "server.max_requests_jitter": ["100", 100],
  "server.shutdown_timeout": ["0", 0],
  "server.public_url": ["HTTPS://X.example:443/", "https://x.example"],
  "server.content_origin": ["https://X-Content.example/", "https://x-content.example"],
  "server.trusted_proxies": ["10.0.0.0/8, ::1", ["10.0.0.0/8", "::1"]],
  "api.allowed_origins": ["https://App.example:443", ["https://app.example"]],
  "server.node_name": [" web-1 ", "web-1"],
  "server.drain_seconds": ["10", 10],
  "server.run_folder": [" /run/trunk8 ", "/run/trunk8"],
  "server.hsts_seconds": ["0", 0],
  "server.hsts_subdomains": ["true", true],
  "database.url": ["postgres://u:p@h/n", "postgres://u:p@h/n"],
  "database.listen_url": ["postgres://u:p@h/n", "postgres://u:p@h/n"],
  "database.pool_size": ["20", 20],
  "links.schemes": ["https,Mailto", ["https", "mailto"]],
  "links.indexed": ["yes", true],
  "links.nofollow": ["no", false],
  "links.expired_retention_days": ["0", 0],
  "links.cache_size": ["1000", 1000],
  "links.trash_days": ["7", 7],
  "links.forward_query": ["on", true],
  "links.embed_anywhere": ["off", false],
  "links.fallback_url": ["https://example.com", "https://example.com/"],
  "links.gone_text": [" Ask Alice. ", "Ask Alice."],
  "links.serve_stale_seconds": ["30", 30],
  "links.max_age_seconds": ["60", 60],
  "backup.max_upload_mb": ["500", 500],
  "backup.keep_daily": ["7", 7],
  "backup.keep_weekly": ["4", 4],
  "visits.retention_days": ["1", 1],
  "audit.retention_days": ["730", 730],
  "visits.journal_mb": ["64", 64],
  "visits.count_owners": ["no", false],
  "visits.respect_gpc": ["yes", true],
  "visits.excluded_networks": ["10.0.0.0/8, ::1", ["10.0.0.0/8", "::1"]],
  "visits.countries": ["off", false],
  "visits.country_header": [" CF-IPCountry ", "CF-IPCountry"],
  "visits.country_file": ["/srv/country.mmdb", "/srv/country.mmdb"],
  "log.level": ["WARNING", "warning"],
  "log.client_address": ["FULL", "full"],
  "log.slow_ms": ["250", 250],
  "log.access": [" - ", "-"],
  "limits.stranger_per_minute": ["0", 0],
  "limits.account_per_minute": ["600", 600],
  "limits.key_per_minute": ["600", 600],
  "limits.open_per_minute": ["60", 60],
  "limits.stranger_cpu_ms": ["5000", 5000],
  "limits.account_cpu_ms": ["5000", 5000],
  "limits.uploads": ["8", 8],
  "limits.upload_bytes_per_second": ["0", 0],
  "limits.slow_connections": ["20", 20],
  "ops.listen": ["", ""],
  "ops.disk_floor_mb": ["500", 500],
  "config.check_seconds": [" 1 ", 1],
  "config.force_reload_seconds": ["10", 10],
};

describe("the documented variable sets", () => {
  test.each(settingKeys)("%s", async (key) => {
    const [text, value] = examples[key];
    const [name = ""] = environmentNames(key);
    expect(name).toBe(`TRUNK8_${key.replace(".", "_").toUpperCase()}`);
    const expected: Record<string, unknown> = { ...defaultSettings, [key]: value };
    expect(await settingsFrom({ [name]: text })).toEqual(expected as typeof defaultSettings);
  });
});

describe("a list in a variable", () => {
  const hosts = ["10.0.0.0/8", "::1"];
  test.each([
    ["10.0.0.0/8,::1", hosts],
    [" 10.0.0.0/8 , ::1, ", hosts],
    ['["10.0.0.0/8", "::1"]', hosts],
    [' [\n"10.0.0.0/8",\n"::1"\n] ', hosts],
    ["['10.0.0.0/8', '::1',]", hosts],
    ['["2"]', ["2"]],
    ["[]", []],
  ])("is read with commas or as an array: %j", async (TRUNK8_SERVER_TRUSTED_PROXIES, value) => {
    const settings = await settingsFrom({ TRUNK8_SERVER_TRUSTED_PROXIES });
    expect(settings["server.trusted_proxies"]).toEqual(value);
  });

  test("is read as an array also for file extensions and schemes", async () => {
    const settings = await settingsFrom({
      TRUNK8_FILES_ALLOWED_EXTENSIONS: '["PDF", ".png"]',
      TRUNK8_LINKS_SCHEMES: '["https", "Mailto"]',
    });
    expect(settings["files.allowed_extensions"]).toEqual(["pdf", "png"]);
    expect(settings["links.schemes"]).toEqual(["https", "mailto"]);
  });

  test.each([
    "[",
    '["10.0.0.1"',
    "[10.0.0.1]",
    '["10.0.0.1", 2]',
    '["10.0.0.1"]\n"x"',
    '[["::1"]]',
  ])("is refused when it is no array of texts: %j", async (TRUNK8_SERVER_TRUSTED_PROXIES) => {
    await expect(readEnvironment({ TRUNK8_SERVER_TRUSTED_PROXIES })).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining("TRUNK8_SERVER_TRUSTED_PROXIES"),
    });
  });
});

describe("variables of the Python Trunk8 are read", () => {
  const rows: [Environment, SettingKey, unknown][] = [
    [{ TRUNK8_ADMIN_PASSWORD: "pw" }, "admin.password", "pw"],
    [{ TRUNK8_SECRET_KEY: "k" }, "secret.key", "k"],
    [{ TRUNK8_LOG_LEVEL: "ERROR" }, "log.level", "error"],
    [{ TRUNK8_PORT: "8080" }, "server.listen", "0.0.0.0:8080"],
    [{ TRUNK8_PORT: "8080", TRUNK8_SERVER_LISTEN: "[::]:1" }, "server.listen", "[::]:1"],
    [{ TRUNK8_PORT: "8080", TRUNK8_SERVER_LISTEN: "" }, "server.listen", "0.0.0.0:8080"],
    [{ TRUNK8_PORT: "" }, "server.listen", "0.0.0.0:5001"],
    [{ TRUNK8_PORT: "tcp://10.0.0.7:80" }, "server.listen", "0.0.0.0:5001"],
  ];
  test.each(rows)("%j", async (env, key, value) => {
    expect((await settingsFrom(env))[key]).toEqual(value as string);
  });
});

test("an empty variable counts only for settings that may be empty", async () => {
  const env = Object.fromEntries(settingKeys.map((key) => [environmentNames(key)[0], ""]));
  const { origins, settings } = mergeLayers([await readEnvironment(env)]);
  expect(settings).toEqual({ ...defaultSettings, "ops.listen": "" });
  expect(settingKeys.filter((key) => origins[key].from === "environment")).toEqual([
    "app.timezone",
    "files.accelerate",
    "admin.password",
    "secret.key",
    "server.workers",
    "server.public_url",
    "server.content_origin",
    "server.run_folder",
    "server.node_name",
    "database.url",
    "database.listen_url",
    "links.fallback_url",
    "links.gone_text",
    "visits.country_header",
    "visits.country_file",
    "log.access",
    "ops.listen",
  ]);
});

describe("a secret in a file", () => {
  const contents: [string, string][] = [
    ["secret", "secret"],
    ["secret\n", "secret"],
    ["secret\r\n", "secret"],
    ["secret\n\n", "secret\n"],
    [" secret ", " secret "],
  ];
  test.each(contents)("loses one trailing newline: %j", async (text, password) => {
    using folder = new DataFolder();
    const settings = await settingsFrom({
      TRUNK8_ADMIN_PASSWORD: "",
      TRUNK8_ADMIN_PASSWORD_FILE: folder.put("password", text),
    });
    expect(settings["admin.password"]).toBe(password);
  });

  test("is read for every secret and for nothing else", async () => {
    using folder = new DataFolder();
    const path = folder.put("url", "postgresql://h/n\n");
    const all = settingKeys.map((key) => [`${environmentNames(key)[0]}_FILE`, path]);
    const { origins } = mergeLayers([await readEnvironment(Object.fromEntries(all))]);
    expect(settingKeys.filter((key) => origins[key].from !== "default")).toEqual([
      "admin.password",
      "secret.key",
      "database.url",
      "database.listen_url",
    ]);
    expect(origins["database.url"]).toEqual({
      from: "environment",
      name: "TRUNK8_DATABASE_URL_FILE",
    });
  });
});

describe("a bad variable is refused by its name", () => {
  const rows: [Environment, string][] = [
    [{ TRUNK8_LOG_LEVEL: "loud" }, "environment variable TRUNK8_LOG_LEVEL: log.level must be"],
    [{ TRUNK8_PORT: "http" }, "environment variable TRUNK8_PORT: server.listen must be"],
    [
      { TRUNK8_SECRET_KEY: "a", TRUNK8_SECRET_KEY_FILE: "b" },
      text.bothSet("TRUNK8_SECRET_KEY", "TRUNK8_SECRET_KEY_FILE"),
    ],
    [
      { TRUNK8_SECRET_KEY_FILE: "/nowhere/key" },
      text.secretUnreadable("TRUNK8_SECRET_KEY_FILE", "/nowhere/key"),
    ],
    [
      { TRUNK8_DATABASE_URL: "mysql://u:hunter2@h/n" },
      "environment variable TRUNK8_DATABASE_URL: database.url must be",
    ],
  ];
  test.each(rows)("%j", async (env, message) => {
    const problem = await settingsFrom(env).catch((thrown) => thrown);
    expect(problem).toMatchObject({ name: "Problem", code: "invalid" });
    expect(problem.message).toStartWith(message);
    expect(problem.message).not.toContain("hunter2");
  });
});
