import { describe, expect, test } from "bun:test";
import {
  defaultSettings,
  type SettingKey,
  settingKeys,
  settingRow,
} from "../../../src/config/settings.ts";
import { parseListen } from "../../../src/config/values/listen-address.ts";
import { effectiveZone } from "../../../src/config/values/time-zone.ts";

/** Accepted raw values, each with the value it stands for. */
const good: [SettingKey, unknown, unknown][] = [
  ["app.timezone", "", ""],
  ["app.timezone", "UTC", "UTC"],
  ["app.examples", "ON", true],
  ["app.examples", "0", false],
  ["visits.retention_days", 36_500, 36_500],
  ["server.public_url", "", ""],
  ["server.public_url", "http://x.example:5001", "http://x.example:5001"],
  ["server.public_url", "https://bücher.example/", "https://xn--bcher-kva.example"],
  ["server.listen", "unix:/run/t.sock", "unix:/run/t.sock"],
  ["server.trusted_proxies", [], []],
  ["server.trusted_proxies", "2", ["2"]],
  ["server.trusted_proxies", 2, ["2"]],
  ["server.trusted_proxies", ["127.0.0.1", "fd00::/8"], ["127.0.0.1", "fd00::/8"]],
  ["api.allowed_origins", [], []],
  [
    "api.allowed_origins",
    ["https://App.example/", "http://localhost:3000", "https://app.example:443"],
    ["https://app.example", "http://localhost:3000"],
  ],
  ["links.schemes", ["HTTPS", "mailto"], ["https", "mailto"]],
  ["database.url", "", ""],
  [
    "database.url",
    "postgres://u:p%40ss@[::1]:5432/n?sslmode=require",
    "postgres://u:p%40ss@[::1]:5432/n?sslmode=require",
  ],
  ["database.url", "postgres://u:p@h1:5432,h2/n", "postgres://u:p@h1:5432,h2/n"],
];

const bad: [SettingKey, readonly unknown[]][] = [
  ["app.timezone", ["Mars/Olympus", "Berlin", 1]],
  ["app.examples", ["maybe", "", 1, ["true"], null]],
  ["app.theme", ["", "nope", 3, "constructor"]],
  ["visits.retention_days", ["", "1e3", "0x10", "1.5", "-1", 0, 36_501, true, [5], Number.NaN]],
  [
    "server.public_url",
    [
      "x.example",
      "ftp://x.example",
      "https://x.example/path",
      "https://x.example?q",
      "https://x.example/#f",
      "https://u@x.example",
      "https://u:p@x.example",
      "https://",
      "https:x.example",
      7,
    ],
  ],
  [
    "server.listen",
    [
      "",
      "5001",
      ":5001",
      "0.0.0.0",
      "x:65536",
      "x:-1",
      "::1:80",
      "[::1:80",
      "[x]:80",
      "300.0.0.1:80",
      "a b:80",
      "unix:",
      "unix:a\0b",
      `unix:/${"x".repeat(96)}`,
    ],
  ],
  [
    "api.allowed_origins",
    ["*", "null", "app.example", "https://*", "https://app.example/page", "ftp://app.example"],
  ],
  [
    "server.trusted_proxies",
    [
      "33",
      "proxy.example",
      "10.0.0.0/33",
      "::/129",
      "10.0.0.0/",
      "10.0.0.0/8/8",
      "1, 127.0.0.1",
      ["1", "2"],
      [1],
      [""],
      -1,
      {},
    ],
  ],
  [
    "links.schemes",
    ["", [], "https:", "1x", "javascript", "https, DATA", "vbscript", "blob", "file", [7]],
  ],
  [
    "database.url",
    [
      "mysql://h/n",
      "h/n",
      "postgres:",
      "postgres://u:p/1@h/n",
      "postgres://u:1/2@h/n",
      "postgres://u:1?2@h/n",
      "postgres://u:1#2@h/n",
      "postgres://u:p/1@h1,h2/n",
      "postgres://u:p@h1,h2:x/n",
      5,
    ],
  ],
  ["admin.password", [12_345_678, true, []]],
  ["app.title", ["", "  ", "a\nb", "x".repeat(61), 5]],
];

describe("a setting accepts", () => {
  test.each(good)("%s = %j", (key, raw, value) => {
    expect(settingRow(key).type.parse(raw)).toEqual(value);
  });

  test.each(settingKeys)("its own default: %s", (key) => {
    expect(settingRow(key).type.parse(defaultSettings[key])).toEqual(defaultSettings[key]);
  });
});

describe("a setting refuses", () => {
  const rows = bad.flatMap(([key, raws]) => raws.map((raw): [SettingKey, unknown] => [key, raw]));
  test.each(rows)("%s = %j", (key, raw) => {
    const { error } = settingRow(key).type.safeParse(raw);
    expect(error?.issues[0]?.message).toBeString();
  });
});

describe("a listening address", () => {
  test.each([
    ["0.0.0.0:5001", { hostname: "0.0.0.0", port: 5001 }],
    ["localhost:0", { hostname: "localhost", port: 0 }],
    ["[::1]:65535", { hostname: "::1", port: 65_535 }],
    ["unix:/run/trunk8.sock", { unix: "/run/trunk8.sock" }],
    ["unix:run/a b", { unix: "run/a b" }],
  ])("is read from %s", (text, address) => {
    expect(parseListen(text)).toEqual(address);
  });

  test("is refused with a message on server.listen", () => {
    expect(() => parseListen("5001")).toThrow(
      expect.objectContaining({ code: "invalid", fields: { "server.listen": expect.any(String) } }),
    );
  });
});

test("effectiveZone returns the setting's time zone, or the machine's", () => {
  const machine = Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(effectiveZone({ "app.timezone": "Asia/Tokyo" })).toBe("Asia/Tokyo");
  expect(effectiveZone({ "app.timezone": "" })).toBe(machine);
});
