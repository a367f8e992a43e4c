import { catalogue } from "../text/catalogue.ts";

/** Texts of the command line itself: help, wrong usage, what every command shares. */
export const text = catalogue({
  help: {
    tagline: (version: string) =>
      `Trunk8 ${version}: short links, files and pages on your own domain.`,
    usage: (synopsis: string) => `Usage: trunk8 ${synopsis}`,
    allUsage: "Usage: trunk8 COMMAND [OPTIONS]",
    more: "Run trunk8 COMMAND --help for the options of a command, trunk8 --version for the version.",
    data: "data folder (TRUNK8_DATA; default ./data)",
    help: "show this help",
  },

  unknownCommand: (name: string) => `Unknown command: ${name}. See trunk8 --help.`,
  error: (message: string) => `trunk8: ${message}`,
});
