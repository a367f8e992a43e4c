import { setImmediate } from "node:timers/promises";
import { type Theme, themeNames } from "../../config/values/themes.ts";
import { assetOf } from "../static/asset.ts";

/** The colours of a theme that tell it from the others, as CSS writes them. */
export interface Palette {
  readonly background: string;
  readonly text: string;
  readonly primary: string;
  /** Those for what is secondary, well, and wrong. */
  readonly accents: readonly string[];
}

const palettes = new Map<Theme, Palette>();

/** The colours of a theme, from its own stylesheet; read when first needed. */
export function paletteOf(theme: Theme): Palette {
  const known = palettes.get(theme);
  if (known !== undefined) return known;
  const fresh = readPalette(Buffer.from(assetOf(`${theme}.css`).bytes.plain).toString());
  palettes.set(theme, fresh);
  return fresh;
}

/** Reads every theme, one a turn: together they take a tenth of a second, for which no redirect should wait. */
export async function readPalettes(): Promise<void> {
  for (const theme of themeNames) {
    paletteOf(theme);
    await setImmediate();
  }
}

function readPalette(sheet: string): Palette {
  const colour = (name: string) => new RegExp(`--bs-${name}:([^;}]+)`).exec(sheet)?.[1] ?? "none";
  return {
    background: colour("body-bg"),
    text: colour("body-color"),
    primary: colour("primary"),
    accents: ["secondary", "success", "danger"].map(colour),
  };
}
