import { catalogue } from "../text/catalogue.ts";
import { formatCount } from "../text/format.ts";

/** Texts of the command line itself: help, wrong usage, what every command shares. */
export const text = catalogue({
  help: {
    tagline: (version: string) =>
      `Trunk8 ${version}: short links, files and pages on your own domain.`,
    usage: (synopsis: string) => `Usage: trunk8 ${synopsis}`,
    allUsage: "Usage: trunk8 COMMAND [OPTIONS]",
    groupUsage: (name: string) => `Usage: trunk8 ${name} COMMAND [OPTIONS]`,
    more: "Run trunk8 COMMAND --help for the options of a command, trunk8 --version for the version.",
    examples: "Examples:",
    data: "data folder (TRUNK8_DATA; default ./data)",
    server: "call the API of this site, with the key in TRUNK8_KEY or of trunk8 login",
    insecure: "with --server, allow http://: anyone in between can read the key",
    quiet: "print results and errors only",
    noColor: "print no colors, as with NO_COLOR",
    help: "show this help",
  },

  unknownCommand: (name: string) => `Unknown command: ${name}. See trunk8 --help.`,
  unknownInGroup: (group: string, word: string) =>
    `Unknown command: ${group} ${word}. See trunk8 ${group} --help.`,
  commandMissing: (group: string, commands: string) =>
    `trunk8 ${group} needs a command: ${commands}.`,
  option: {
    unknown: (option: string, command: string) =>
      `Unknown option: ${option}. See trunk8 ${command} --help.`,
    keyInArguments:
      "An API key is no argument: others on this machine can read arguments. Set TRUNK8_KEY, or store it with trunk8 login URL.",
    repeated: (option: string) => `${option} is given twice.`,
    needsValue: (option: string, value: string) => `${option} needs a value: ${option}=${value}`,
    takesNoValue: (option: string) => `${option} takes no value.`,
  },
  argument: {
    unexpected: (word: string, synopsis: string) =>
      `Unexpected argument: ${word}. Usage: trunk8 ${synopsis}`,
    missing: (placeholder: string, synopsis: string) =>
      `${placeholder} is missing. Usage: trunk8 ${synopsis}`,
  },
  progress: {
    line: (label: string, seconds: number) => `${label}\u2026 ${formatCount(seconds)} s`,
    lineWithDetail: (label: string, seconds: number, detail: string) =>
      `${label}\u2026 ${formatCount(seconds)} s, ${detail}`,
  },
  confirm: {
    question: (question: string) => `${question} [y/N] `,
    yes: "yes",
    declined: "Cancelled. Nothing was changed.",
  },
  dataFolder: {
    cannotDropRoot: "Cannot switch from root to the owner of the data folder.",
    notFolder: (path: string) =>
      `${path} is not a folder. Set TRUNK8_DATA (or --data) to the data folder.`,
    notFile: (path: string) => `${path} is not a file. Move it out of the data folder.`,
    cannotCreate: (path: string, code: string) =>
      `Cannot create the data folder ${path} (${code}). Create it, owned by the user that runs Trunk8.`,
    readOnly: (path: string) =>
      `${path} is on a read-only file system. Mount it writable: it holds Trunk8's data.`,
    denied: (path: string, user: string, folder: string) =>
      `The user ${user} cannot access ${path}. As root: chown -R ${user}: ${folder} && chmod -R u+rwX ${folder}`,
    deniedToOther: (path: string, user: string, owner: number, folder: string) =>
      `The user ${user} cannot access ${path}: the data folder belongs to the user with the id ${owner}. Run Trunk8 as that user, or as root: chown -R ${user}: ${folder}`,
  },
  caused: (message: string, cause: string) => `${message} (${cause})`,
  error: (message: string) => `trunk8: ${message}`,
});
