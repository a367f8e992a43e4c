import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { href } from "../../../src/http/urls.ts";
import { openTestApp, type World } from "../../world.ts";

interface Manifest {
  readonly name: string;
  readonly theme_color: string;
  readonly background_color: string;
  readonly icons: { src: string; type: string; sizes: string }[];
  readonly shortcuts: { url: string }[];
}

let world: World;

beforeAll(async () => {
  world = await openTestApp({ settings: { "app.title": 'A "shortener"', "app.theme": "darkly" } });
});
afterAll(() => world.close());

const read = async () => (await (await world.request(href("manifest"))).json()) as Manifest;

test("names the site, its colors, icons and pages that exist", async () => {
  const { name, theme_color, background_color, icons, shortcuts } = await read();
  expect([name, theme_color, background_color]).toEqual(['A "shortener"', "#375a7f", "#222"]);
  for (const { src, type, sizes } of icons) {
    const icon = await world.request(src);
    expect([icon.status, icon.headers.get("content-type")]).toEqual([200, type]);
    const head = new DataView(await icon.arrayBuffer());
    expect(`${head.getUint32(16)}x${head.getUint32(20)}`).toBe(sizes);
  }
  expect(shortcuts.map(({ url }) => url)).toEqual(["/add", "/links"]);
});

test.each([
  ["favicon.svg", "<svg/>", "image/svg+xml", "any"],
  [
    "favicon.png",
    Buffer.from("89504e470d0a1a0a0000000d4948445200000003000000020802000000", "hex"),
    "image/png",
    "3x2",
  ],
  ["favicon.ico", "", "image/png", "192x192"],
])("has the operator's icon %s where it has a size", async (name, content, type, sizes) => {
  const folder = join(world.dataFolder, "branding");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), content);
  world.clock.advance(1000);
  const [icon] = (await read()).icons;
  expect(icon).toMatchObject({ type, sizes });
  rmSync(join(folder, name));
});
