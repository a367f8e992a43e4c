/** `trunk8 assets`: what lies below /static/, as files for a web server in front. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { text } from "../../../src/cli/commands/text.en.ts";
import { themeNames } from "../../../src/config/values/themes.ts";
import { href } from "../../../src/http/urls.ts";
import { assetOf, everyAsset } from "../../../src/web/static/asset.ts";
import { share } from "../../share.ts";
import { openTestApp, type World } from "../../world.ts";
import { callProgram } from "../program.ts";

const FOREIGN = "site.0000000000.css";

let folder: string;
let out: string;
let world: World;

const write = () => callProgram(folder, ["assets", "--out", "out/static"]);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-assets-"));
  out = join(folder, "out/static");
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, FOREIGN), "of an earlier release");
  world = await openTestApp();
  const { exitCode, stderr } = await write();
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining(out)]);
}, 120_000);
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

/** Every address below /static/ that a text names. */
function namedIn(text: string): string[] {
  const begin = href("asset", { path: "" });
  return [...text.matchAll(/[("'=](\/static\/[^"')\s>#]+)/g)].map(([, path = ""]) =>
    path.slice(begin.length),
  );
}

describe("every file that pages name is there", () => {
  const pages = ["home", "links", "add", "settings", "profile"] as const;

  test("for a stranger", async () => {
    const named = namedIn(await (await world.request(href("signIn"))).text());
    expect(named.length).toBeGreaterThan(0);
    expect(readdirSync(out)).toEqual(expect.arrayContaining(named));
  });

  test.each(pages)("for %s", async (name) => {
    const cookie = await world.signIn(world.people.admin);
    const html = await (await world.request(href(name), { headers: { cookie } })).text();
    const named = namedIn(html);
    expect(named.length).toBeGreaterThan(0);
    expect(readdirSync(out)).toEqual(expect.arrayContaining(named));
  });

  test("for a document with code and formulas", async () => {
    const bytes = "# Tea\n\n```js\nlet a;\n```\n\n$a^2$\n";
    const { admin } = world.people;
    await share(world, admin, { code: "tea", name: "t.md", bytes, kind: "markdown" });
    const named = namedIn(await (await world.request("/tea")).text());
    expect(named.length).toBeGreaterThan(1);
    expect(readdirSync(out)).toEqual(expect.arrayContaining(named));
  });

  test("for the fonts and pictures of each theme", () => {
    const sheets = readdirSync(out).filter((name) => name.endsWith(".css") && name !== FOREIGN);
    for (const theme of themeNames) expect(sheets.join()).toContain(`${theme}.`);
    for (const sheet of sheets) {
      const urls = [...readFileSync(join(out, sheet), "utf8").matchAll(/url\("?([^":)]+)"?\)/g)];
      expect(readdirSync(out)).toEqual(expect.arrayContaining(urls.map(([, file]) => file ?? "")));
    }
  });
});

test("each holds what the site sends, and so does each form beside it", async () => {
  for (const { hashedName, bytes } of everyAsset()) {
    const path = join(out, hashedName);
    const sent = await (await world.request(href("asset", { path: hashedName }))).bytes();
    expect(readFileSync(path).equals(sent)).toBe(true);
    if (bytes.codings.length === 0) continue;
    expect(gunzipSync(readFileSync(`${path}.gz`)).equals(sent)).toBe(true);
    expect(brotliDecompressSync(readFileSync(`${path}.br`)).equals(sent)).toBe(true);
  }
});

test("fonts have no other form, and nothing else lies there", () => {
  const expected = everyAsset().flatMap(({ hashedName, bytes }) =>
    bytes.codings.length === 0
      ? [hashedName]
      : [hashedName, `${hashedName}.br`, `${hashedName}.gz`],
  );
  expect(readdirSync(out).sort()).toEqual([...expected, FOREIGN].sort());
  expect(expected.filter((name) => /\.woff2\.(br|gz)$/.test(name))).toEqual([]);
});

test("a second time writes only what is missing or damaged", async () => {
  expect((await write()).stderr).toBe(`${text.assets.written(0, out)}\n`);
  const { hashedName } = assetOf("site.css");
  const whole = readFileSync(join(out, `${hashedName}.gz`));
  writeFileSync(join(out, `${hashedName}.gz`), whole.subarray(0, 100));
  rmSync(join(out, hashedName));
  expect((await write()).stderr).toBe(`${text.assets.written(2, out)}\n`);
  expect(readFileSync(join(out, `${hashedName}.gz`)).equals(whole)).toBe(true);
  expect(readFileSync(join(out, FOREIGN), "utf8")).toBe("of an earlier release");
});

test.each([
  [["assets"], 2, `trunk8: ${text.assets.outMissing}\n`],
  [["assets", "--out", ""], 2, `trunk8: ${text.assets.outMissing}\n`],
  [["assets", "--out", "taken"], 1, expect.stringMatching(/^trunk8: .*taken.+\n$/)],
])("%j: exit code %p", async (words, exitCode, stderr) => {
  writeFileSync(join(folder, "taken"), "a file");
  expect(await callProgram(folder, words)).toEqual({ exitCode, stdout: "", stderr });
});
