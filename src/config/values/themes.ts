/** The Bootswatch themes, each with the line that describes it to people. */
export const themes = {
  brite: "Bright colours and crisp black outlines",
  cerulean: "A calm blue sky",
  cosmo: "Flat and modern",
  cyborg: "Jet black and electric blue",
  darkly: "Flatly at night",
  flatly: "Flat and plain",
  journal: "Crisp like a new sheet of paper",
  litera: "The text is the message",
  lumen: "Light and shadow",
  lux: "A touch of class",
  materia: "After Material design",
  minty: "Fresh mint",
  morph: "Soft raised shapes",
  pulse: "A trace of purple",
  quartz: "Glass over a gradient",
  sandstone: "Warm stone",
  simplex: "Small and red",
  sketchy: "Drawn by hand",
  slate: "Shades of gunmetal grey",
  solar: "Solarized, dark",
  spacelab: "Silvery and sleek",
  superhero: "The brave and the blue",
  united: "Ubuntu orange",
  vapor: "Neon from the eighties",
  yeti: "A friendly foundation",
  zephyr: "A light breeze",
} as const;

export type Theme = keyof typeof themes;

/** Light text on a dark page: browsers draw their own parts, such as scroll bars, to match. */
export const darkThemes: ReadonlySet<Theme> = new Set([
  "cyborg",
  "darkly",
  "quartz",
  "slate",
  "solar",
  "superhero",
  "vapor",
]);

export const themeNames = Object.keys(themes) as [Theme, ...Theme[]];

export function isTheme(text: string): text is Theme {
  return Object.hasOwn(themes, text);
}
