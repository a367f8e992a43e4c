import ranges from "@fontsource/inter/unicode.json" with { type: "json" };
import type { Theme } from "../../../config/values/themes.ts";
import type { FontFile } from "./font-files.ts";

/** One weight of a font: what CSS calls it, and the beginning of its files' names. */
interface Face {
  readonly family: string;
  /** The weights that this one stands for: a page loads two or three files, whatever it looks like. */
  readonly weight: string;
  readonly files: readonly FontFile[];
}

const inter: readonly Face[] = [
  { family: "Inter", weight: "400", files: ["inter-400.woff2", "inter-400-ext.woff2"] },
  { family: "Inter", weight: "500 900", files: ["inter-500.woff2", "inter-500-ext.woff2"] },
];
const lato: readonly Face[] = [
  { family: "Lato", weight: "400", files: ["lato-400.woff2", "lato-400-ext.woff2"] },
  { family: "Lato", weight: "700", files: ["lato-700.woff2", "lato-700-ext.woff2"] },
];
const montserrat: readonly Face[] = [
  {
    family: "Montserrat",
    weight: "400",
    files: ["montserrat-400.woff2", "montserrat-400-ext.woff2"],
  },
  {
    family: "Montserrat",
    weight: "500 900",
    files: ["montserrat-500.woff2", "montserrat-500-ext.woff2"],
  },
];
const neucha: readonly Face[] = [{ family: "Neucha", weight: "400", files: ["neucha-400.woff2"] }];
const newsCycle: readonly Face[] = [
  {
    family: "News Cycle",
    weight: "700",
    files: ["news-cycle-700.woff2", "news-cycle-700-ext.woff2"],
  },
];
const nunito: readonly Face[] = [
  { family: "Nunito", weight: "400", files: ["nunito-400.woff2", "nunito-400-ext.woff2"] },
  { family: "Nunito", weight: "600 900", files: ["nunito-600.woff2", "nunito-600-ext.woff2"] },
];
const nunitoSans: readonly Face[] = [
  {
    family: "Nunito Sans",
    weight: "300",
    files: ["nunito-sans-300.woff2", "nunito-sans-300-ext.woff2"],
  },
  {
    family: "Nunito Sans",
    weight: "600 900",
    files: ["nunito-sans-600.woff2", "nunito-sans-600-ext.woff2"],
  },
];
const openSans: readonly Face[] = [
  { family: "Open Sans", weight: "300", files: ["open-sans-300.woff2", "open-sans-300-ext.woff2"] },
  { family: "Open Sans", weight: "400", files: ["open-sans-400.woff2", "open-sans-400-ext.woff2"] },
  { family: "Open Sans", weight: "700", files: ["open-sans-700.woff2", "open-sans-700-ext.woff2"] },
];
const roboto: readonly Face[] = [
  { family: "Roboto", weight: "400", files: ["roboto-400.woff2", "roboto-400-ext.woff2"] },
  { family: "Roboto", weight: "500 900", files: ["roboto-500.woff2", "roboto-500-ext.woff2"] },
];
const sourceSansPro: readonly Face[] = [
  {
    family: "Source Sans Pro",
    weight: "400",
    files: ["source-sans-pro-400.woff2", "source-sans-pro-400-ext.woff2"],
  },
  {
    family: "Source Sans Pro",
    weight: "700",
    files: ["source-sans-pro-700.woff2", "source-sans-pro-700-ext.woff2"],
  },
];
const ubuntu: readonly Face[] = [
  { family: "Ubuntu", weight: "400", files: ["ubuntu-400.woff2", "ubuntu-400-ext.woff2"] },
  { family: "Ubuntu", weight: "700", files: ["ubuntu-700.woff2", "ubuntu-700-ext.woff2"] },
];

/** The fonts of the themes that have some; the others take the system's. */
const facesOf: Readonly<Partial<Record<Theme, readonly Face[]>>> = {
  cosmo: sourceSansPro,
  cyborg: roboto,
  darkly: lato,
  flatly: lato,
  journal: newsCycle,
  lumen: sourceSansPro,
  lux: nunitoSans,
  materia: roboto,
  minty: montserrat,
  morph: nunito,
  sandstone: roboto,
  simplex: openSans,
  sketchy: neucha,
  solar: sourceSansPro,
  spacelab: openSans,
  superhero: lato,
  united: ubuntu,
  vapor: lato,
  yeti: openSans,
  zephyr: inter,
};

/** The `@font-face` rules of a theme; `addressOf` returns the address of a file. */
export function fontRules(theme: Theme, addressOf: (file: FontFile) => string): string {
  return (facesOf[theme] ?? [])
    .flatMap(({ files, ...face }) => files.map((file) => fontRule({ ...face, file }, addressOf)))
    .join("");
}

/** `optional`: a page that is shown before its font has come keeps the system's, and nothing jumps. */
function fontRule(
  { family, weight, file }: Omit<Face, "files"> & { file: FontFile },
  addressOf: (file: FontFile) => string,
): string {
  const range = ranges[file.endsWith("-ext.woff2") ? "latin-ext" : "latin"];
  const source = `url("${addressOf(file)}") format("woff2")`;
  return `@font-face{font-family:"${family}";font-weight:${weight};font-display:optional;src:${source};unicode-range:${range}}`;
}
