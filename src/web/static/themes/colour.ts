/** Red, green and blue from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

export const WHITE: Colour = [255, 255, 255];
export const BLACK: Colour = [0, 0, 0];

/** Reads `#fff`, `#2fa4e7`, `rgb(...)` and `rgba(...)`, what shines through being `behind`; null for anything else. */
export function readColour(css: string, behind: Colour = WHITE): Colour | null {
  if (css.startsWith("#")) return readHex(css.slice(1));
  const [red, green, blue, alpha = 1] = css.match(/[\d.]+/g)?.map(Number) ?? [];
  if (!css.startsWith("rgb") || red === undefined || green === undefined || blue === undefined)
    return null;
  return mix(behind, [red, green, blue], alpha);
}

function readHex(digits: string): Colour | null {
  const long = digits.length === 3 ? digits.replace(/./g, "$&$&") : digits;
  if (!/^[\da-f]{6}$/i.test(long)) return null;
  const channel = (at: number) => Number.parseInt(long.slice(at, at + 2), 16);
  return [channel(0), channel(2), channel(4)];
}

export function writeColour(colour: Colour): string {
  return `#${colour.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

/** `share` of `other` in `colour`, from 0 to 1. */
export function mix(colour: Colour, other: Colour, share: number): Colour {
  const channel = (from: number, to: number) => Math.round(from + (to - from) * share);
  return [channel(colour[0], other[0]), channel(colour[1], other[1]), channel(colour[2], other[2])];
}

/** How well one colour is read on the other, from 1 to 21 (WCAG 2.2, contrast ratio). */
export function contrast(one: Colour, other: Colour): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** From 0 for black to 1 for white (WCAG 2.2, relative luminance). */
export function luminance([red, green, blue]: Colour): number {
  const linear = (channel: number) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** What WCAG 2.2 asks of text at level AA is 4.5; the rest is for the shadows that some themes lay behind it. */
export const READABLE = 4.9;

/** What WCAG 2.2, 1.4.11 asks of the edges of fields. */
export const VISIBLE = 3;

/**
 * Returns `colour`, moved no further towards black or white than it needs for this contrast on `background`: by default,
 * that of text.
 */
export function readableOn(background: Colour, colour: Colour, least = READABLE): Colour {
  const goal = contrast(background, BLACK) > contrast(background, WHITE) ? BLACK : WHITE;
  for (let share = 0; share < 1; share += 0.02) {
    const moved = mix(colour, goal, share);
    if (contrast(background, moved) >= least) return moved;
  }
  return goal;
}
