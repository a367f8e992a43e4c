import {
  BLACK,
  type Colour,
  contrast,
  mix,
  READABLE,
  readableOn,
  readColour,
  VISIBLE,
  WHITE,
  writeColour,
} from "./colour.ts";

/**
 * A theme's stylesheet with text that can be read where it was too pale: each colour moves just as far as WCAG asks,
 * so that a theme keeps its look.
 */
export function fixColours(sheet: string): string {
  const background = variable(sheet, "--bs-body-bg") ?? WHITE;
  const fixed = textVariables.reduce((css, name) => fixText(css, name, background), sheet);
  return (
    fixed +
    buttons.map((kind) => fixButton(sheet, kind)).join("") +
    codeColours(sheet, background) +
    fieldBorder(sheet, background) +
    boxColour(sheet, background)
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

const buttons = ["primary", "danger"] as const;

/** What code is coloured with: see code.css. */
const codeHues = ["purple", "green", "red", "blue"] as const;

/** The theme's own colours as `--code-...`, where they can be read on the page. */
function codeColours(sheet: string, background: Colour): string {
  const lines = codeHues.flatMap((hue) => {
    const colour = variable(sheet, `--bs-${hue}`);
    return colour === null ? [] : [`--code-${hue}:${writeColour(readableOn(background, colour))}`];
  });
  return `:root{${lines.join(";")}}`;
}

/** `--field-border`: the theme's border, at least a pixel wide and in a colour that can be seen on the page. */
function fieldBorder(sheet: string, background: Colour): string {
  const width = /--bs-border-width:([1-9][\d.]*px)/.exec(sheet)?.[1] ?? "1px";
  const colour = variable(sheet, "--bs-border-color", background) ?? background;
  const visible = writeColour(readableOn(background, colour, VISIBLE));
  return `:root{--field-border:${width} solid ${visible}}`;
}

/** `--box-colour`: the theme's main colour where a box that the browser draws can be seen in it. */
function boxColour(sheet: string, background: Colour): string {
  const colour = variable(sheet, "--bs-primary", background) ?? background;
  return `:root{--box-colour:${writeColour(readableOn(background, colour, VISIBLE))}}`;
}

/** Also where the theme writes the colour itself instead of the variable's name. */
function fixText(sheet: string, name: string, background: Colour): string {
  const colour = variable(sheet, name, background);
  if (colour === null || contrast(colour, background) >= READABLE) return sheet;
  const readable = readableOn(background, colour);
  const own = `:root,[data-bs-theme=light]{${name}:${writeColour(readable)};${name}-rgb:${readable.join()}}`;
  const literal = new RegExp(`(?<=[{;]color:)${writeColour(colour)}(?=[;}])`, "g");
  return sheet.replace(literal, writeColour(readable)) + own;
}

/** The words keep their colour, and what is behind them moves. */
function fixButton(sheet: string, kind: string): string {
  const rule = new RegExp(`\\.btn-${kind}\\{(--bs-btn-[^}]*)\\}`).exec(sheet)?.[1] ?? "";
  const words = variable(rule, "--bs-btn-color");
  const fill = variable(rule, "--bs-btn-bg");
  if (words === null || fill === null || contrast(words, fill) >= READABLE) return "";
  const fixed = readableOn(words, fill);
  const pressed = mix(fixed, contrast(words, BLACK) > contrast(words, WHITE) ? BLACK : WHITE, 0.15);
  const states = [
    ...fillOf("", fixed),
    ...fillOf("hover-", pressed),
    ...fillOf("active-", pressed),
  ];
  const parts = "background:var(--bs-btn-bg);color:var(--bs-btn-color)";
  return `.btn-${kind}{${states.join(";")};${parts}}`;
}

function fillOf(state: "" | "hover-" | "active-", colour: Colour): string[] {
  return ["bg", "border-color"].map((part) => `--bs-btn-${state}${part}:${writeColour(colour)}`);
}

/** The first value of a variable, as a colour on `background`. */
function variable(css: string, name: string, background?: Colour): Colour | null {
  const value = new RegExp(`${name}:([^;}]+)`).exec(css)?.[1] ?? "";
  return readColour(value.trim(), background);
}
