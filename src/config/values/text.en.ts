import { catalogue } from "../../text/catalogue.ts";
import { formatCount, formatList } from "../../text/format.ts";
import type { Theme } from "./themes.ts";

/** Descriptions of the themes. */
const themes: Readonly<Record<Theme, string>> = {
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
};

/** Descriptions of what a value must be: each completes "must be ...". */
export const text = catalogue({
  text: "text",
  wholeNumber: (min: number, max: number) =>
    `a whole number from ${formatCount(min)} to ${formatCount(max)}`,
  flag: "true or false",
  choice: (values: readonly string[]) => `one of ${values.join(", ")}`,
  emptyChoice: "empty",
  line: (most: number) => `1 to ${formatCount(most)} characters on one line`,
  optionalLine: (most: number) => `at most ${formatCount(most)} characters on one line`,
  workers: "a whole number from 1 to 256, auto, or empty",
  zone: "an IANA time zone such as Europe/Berlin, or empty",
  listenAddress: (maxBytes: number) =>
    `HOST:PORT, [IPv6]:PORT or unix:PATH (at most ${maxBytes} bytes)`,
  optionalListenAddress: (maxBytes: number) =>
    `HOST:PORT, [IPv6]:PORT, unix:PATH (at most ${maxBytes} bytes) or empty`,
  origin: "an origin such as https://x.example, without path, query or user name, or empty",
  origins:
    "origins such as https://app.example, without path, query or user name, and without wildcards",
  homePage: "login, or a URL such as https://x.example/ without user name",
  webAddress: "a URL such as https://x.example/ without user name, or nothing",
  networks: "addresses and CIDRs",
  headerName: "the name of a header, or nothing",
  proxies: (maxHops: number) =>
    `addresses and CIDRs, or only the number of proxies from 0 to ${maxHops}`,
  schemes: (forbidden: readonly string[]) =>
    `one or more schemes such as https, but none of ${formatList(forbidden)}`,
  postgresUrl:
    "postgres://user:password@host:port/name, with special characters of the password as %XX, or empty",
  extensions: 'file extensions such as "pdf", or only "*" for all',
  themes,
  address: (form: string) => `The address must be ${form}.`,
});
