import { setImmediate } from "node:timers/promises";
import { type Theme, themeNames } from "../../config/values/themes.ts";
import { assetOf } from "../static/asset.ts";

/** Characteristic colours of a theme, as CSS values. */
export interface Palette {
  readonly background: string;
  readonly text: string;
  readonly primary: string;
  /** The secondary, success and danger colours. */
  readonly accents: readonly string[];
}

const palettes = new Map<Theme, Palette>();

/** Colours of a theme, read from its stylesheet when first needed. */
export function paletteOf(theme: Theme): Palette {
  const known = palettes.get(theme);
  if (known !== undefined) return known;
  const fresh = readPalette(Buffer.from(assetOf(`${theme}.css`).bytes.plain).toString());
  palettes.set(theme, fresh);
  return fresh;
}

/** Reads every theme, one per event-loop turn: all at once they would delay redirects by 0.1 seconds. */
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
