/** Every theme as it is served: is its text readable, and does the browser draw its own parts to match? */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { darkThemes, type Theme, themeNames } from "../../../src/config/values/themes.ts";
import { assetHref } from "../../../src/web/static/asset.ts";
import {
  BLACK,
  type Colour,
  contrast,
  luminance,
  readableOn,
  readColour,
  WHITE,
} from "../../../src/web/static/themes/colour.ts";
import { openTestApp, type World } from "../../world.ts";

/** WCAG 2.2, 1.4.3 at level AA. */
const LEAST = 4.5;

let world: World;
const sheets = new Map<Theme, string>();

beforeAll(async () => {
  world = await openTestApp();
  for (const name of themeNames)
    sheets.set(name, await (await world.request(assetHref(`${name}.css`))).text());
});
afterAll(() => world.close());

describe.each(themeNames)("%s", (name) => {
  const ground = () => lastOf(rootOf(name), "--bs-body-bg", WHITE);

  test.each([
    "--bs-body-color",
    "--bs-heading-color",
    "--bs-secondary-color",
    "--bs-link-color",
    "--bs-link-hover-color",
    "--bs-code-color",
    "--code-purple",
    "--code-green",
    "--code-red",
    "--code-blue",
  ])("has a readable %s", (variable) => {
    const colour = lastOf(rootOf(name), variable, ground(), "--bs-body-color");
    expect(contrast(colour, ground())).toBeGreaterThanOrEqual(LEAST);
  });

  test.each(["primary", "danger"])("has readable words on a %s button", (kind) => {
    const rules = rulesFor(name, `.btn-${kind}`);
    const words = lastOf(rules, "--bs-btn-color", WHITE);
    expect(contrast(words, lastOf(rules, "--bs-btn-bg", ground()))).toBeGreaterThanOrEqual(LEAST);
  });

  test("is told to browsers as dark exactly if its page is", () => {
    const text = lastOf(rootOf(name), "--bs-body-color", ground());
    expect(darkThemes.has(name)).toBe(luminance(text) > luminance(ground()));
  });
});

/** What all `:root` rules of the light variant say, the last one last. */
function rootOf(name: Theme): string {
  return rulesFor(name, ":root,[data-bs-theme=light]") + rulesFor(name, ":root");
}

function rulesFor(name: Theme, selector: string): string {
  const rules = (sheets.get(name) ?? "").split("}");
  return rules
    .map((rule) => rule.split("{"))
    .filter(([head = ""]) => head.endsWith(selector) && !head.endsWith(`,${selector}`))
    .map(([, body = ""]) => `${body};`)
    .join("");
}

function lastOf(rules: string, variable: string, ground: Colour, otherwise = ""): Colour {
  const values = [...rules.matchAll(new RegExp(`${variable}:([^;]+)`, "g"))];
  const colour = readColour(values.at(-1)?.[1]?.trim() ?? "", ground);
  if (colour !== null) return colour;
  if (otherwise === "") throw new Error(`There is no ${variable}.`);
  return lastOf(rules, otherwise, ground);
}

describe("colours", () => {
  test.each<[string, Colour | null]>([
    ["#fff", WHITE],
    ["#2fa4e7", [47, 164, 231]],
    ["#2FA4E7", [47, 164, 231]],
    ["rgb(1, 2, 3)", [1, 2, 3]],
    ["rgba(0, 0, 0, 0.5)", [128, 128, 128]],
    ["inherit", null],
    ["var(--bs-body-color)", null],
    ["#12345", null],
    ["", null],
  ])("%p is read as %p on white", (css, colour) => {
    expect(readColour(css, WHITE)).toEqual(colour);
  });

  test("contrast runs from 1 to 21", () => {
    expect(contrast(WHITE, WHITE)).toBe(1);
    expect(contrast(WHITE, BLACK)).toBe(21);
    expect(contrast([118, 118, 118], WHITE)).toBeCloseTo(4.54, 2);
  });

  test("a readable colour stays, a pale one moves no further than it must", () => {
    expect(readableOn(WHITE, BLACK)).toEqual(BLACK);
    const moved = readableOn(WHITE, [47, 164, 231]);
    expect(contrast(moved, WHITE)).toBeGreaterThanOrEqual(LEAST);
    expect(contrast(moved, WHITE)).toBeLessThan(5.3);
  });
});
