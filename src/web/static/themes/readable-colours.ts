import {
  BLACK,
  type Colour,
  contrast,
  mix,
  READABLE,
  readableOn,
  readColour,
  WHITE,
  writeColour,
} from "./colour.ts";

/**
 * A theme's stylesheet with text that can be read where it was too pale: each colour moves just as far as WCAG asks,
 * so that a theme keeps its look.
 */
export function mend(sheet: string): string {
  const ground = variable(sheet, "--bs-body-bg") ?? WHITE;
  const mended = textVariables.reduce((css, name) => mendText(css, name, ground), sheet);
  return (
    mended + buttons.map((kind) => mendButton(sheet, kind)).join("") + codeColours(sheet, ground)
  );
}

/** Colours of text on the page itself. */
const textVariables = [
  "--bs-body-color",
  "--bs-heading-color",
  "--bs-secondary-color",
  "--bs-link-color",
  "--bs-link-hover-color",
  "--bs-code-color",
] as const;

const buttons = ["primary", "secondary", "success", "danger", "warning"] as const;

/** What code is coloured with: see code.css. */
const codeHues = ["purple", "green", "red", "blue"] as const;

/** The theme's own colours as `--code-...`, where they can be read on the page. */
function codeColours(sheet: string, ground: Colour): string {
  const lines = codeHues.flatMap((hue) => {
    const colour = variable(sheet, `--bs-${hue}`);
    return colour === null ? [] : [`--code-${hue}:${writeColour(readableOn(ground, colour))}`];
  });
  return `:root{${lines.join(";")}}`;
}

/** Also where the theme writes the colour itself instead of the variable's name. */
function mendText(sheet: string, name: string, ground: Colour): string {
  const colour = variable(sheet, name, ground);
  if (colour === null || contrast(colour, ground) >= READABLE) return sheet;
  const readable = readableOn(ground, colour);
  const own = `:root,[data-bs-theme=light]{${name}:${writeColour(readable)};${name}-rgb:${readable.join()}}`;
  const literal = new RegExp(`(?<=[{;]color:)${writeColour(colour)}(?=[;}])`, "g");
  return sheet.replace(literal, writeColour(readable)) + own;
}

/** The words keep their colour, and what is behind them moves. */
function mendButton(sheet: string, kind: string): string {
  const rule = new RegExp(`\\.btn-${kind}\\{(--bs-btn-[^}]*)\\}`).exec(sheet)?.[1] ?? "";
  const words = variable(rule, "--bs-btn-color");
  const fill = variable(rule, "--bs-btn-bg");
  if (words === null || fill === null || contrast(words, fill) >= READABLE) return "";
  const mended = readableOn(words, fill);
  const pressed = mix(
    mended,
    contrast(words, BLACK) > contrast(words, WHITE) ? BLACK : WHITE,
    0.15,
  );
  const states = [
    ...fillOf("", mended),
    ...fillOf("hover-", pressed),
    ...fillOf("active-", pressed),
  ];
  const parts = "background:var(--bs-btn-bg);color:var(--bs-btn-color)";
  return `.btn-${kind}{${states.join(";")};${parts}}`;
}

function fillOf(state: "" | "hover-" | "active-", colour: Colour): string[] {
  return ["bg", "border-color"].map((part) => `--bs-btn-${state}${part}:${writeColour(colour)}`);
}

/** The first value of a variable, as a colour on `ground`. */
function variable(css: string, name: string, ground?: Colour): Colour | null {
  const value = new RegExp(`${name}:([^;}]+)`).exec(css)?.[1] ?? "";
  return readColour(value.trim(), ground);
}
