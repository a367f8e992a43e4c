/** @jsxImportSource #markup */
import type { Theme } from "../../config/values/themes.ts";
import type { Child } from "../ui/markup/markup.ts";
import { paletteOf } from "./palette.ts";

/** A miniature page in the colours of a theme, in attributes: the content security policy allows no inline style. */
export function Swatch({ theme }: { theme: Theme }): Child {
  const known = drawn.get(theme) ?? draw(theme);
  drawn.set(theme, known);
  return known;
}

const drawn = new Map<Theme, Child>();

function draw(theme: Theme): Child {
  const { background, text, primary, accents } = paletteOf(theme);
  return (
    <svg class="swatch" viewBox="0 0 120 48" aria-hidden="true">
      <rect width="120" height="48" fill={background} />
      <rect x="10" y="9" width="44" height="6" rx="2" fill={text} />
      <rect x="10" y="20" width="64" height="3" rx="1" fill={text} opacity="0.6" />
      <rect x="10" y="26" width="56" height="3" rx="1" fill={text} opacity="0.6" />
      <rect x="10" y="34" width="26" height="8" rx="2" fill={primary} />
      {accents.map((colour, place) => (
        <circle cx={84 + 12 * place} cy="38" r="4" fill={colour} />
      ))}
    </svg>
  );
}
