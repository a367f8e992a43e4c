/** Names of the Bootswatch themes. */
export const themeNames = [
  "brite",
  "cerulean",
  "cosmo",
  "cyborg",
  "darkly",
  "flatly",
  "journal",
  "litera",
  "lumen",
  "lux",
  "materia",
  "minty",
  "morph",
  "pulse",
  "quartz",
  "sandstone",
  "simplex",
  "sketchy",
  "slate",
  "solar",
  "spacelab",
  "superhero",
  "united",
  "vapor",
  "yeti",
  "zephyr",
] as const;

export type Theme = (typeof themeNames)[number];

/** Themes with light text on a dark page: browsers match their own parts, such as scroll bars. */
export const darkThemes: ReadonlySet<Theme> = new Set([
  "cyborg",
  "darkly",
  "quartz",
  "slate",
  "solar",
  "superhero",
  "vapor",
]);

const known: ReadonlySet<string> = new Set(themeNames);

export function isTheme(name: string): name is Theme {
  return known.has(name);
}
