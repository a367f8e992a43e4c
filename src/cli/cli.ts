import { resolve } from "node:path";
import type { Environment } from "../config/environment.ts";
import { codeOf } from "../os/system-error.ts";
import { Problem, toProblem } from "../problem.ts";
import { formatAlternatives } from "../text/format.ts";
import { version } from "../version.ts";
import { text as clientText } from "./client/text.en.ts";
import { type Command, leaveOutNotes, printError, printResult, usageProblem } from "./command.ts";
import { describeCommand, describeGroup, describeProgram } from "./help.ts";
import { parseArguments } from "./parse-arguments.ts";
import { leaveOutColors, screenWidth } from "./screen.ts";
import { text } from "./text.en.ts";

/** Every command, loaded when it is called, so that each starts quickly. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import("./serve/serve.ts")).serve,
  worker: async () => (await import("./serve/worker.ts")).worker,
  login: async () => (await import("./commands/login/login.ts")).login,
  logout: async () => (await import("./commands/login/login.ts")).logout,
  add: async () => (await import("./commands/links/add/add-links.ts")).add,
  ls: async () => (await import("./commands/links/list-links.ts")).ls,
  show: async () => (await import("./commands/links/show-link.ts")).show,
  edit: async () => (await import("./commands/links/edit-link.ts")).edit,
  history: async () => (await import("./commands/links/link-history.ts")).history,
  rm: async () => (await import("./commands/links/remove-links.ts")).rm,
  put: async () => (await import("./commands/links/add/put-files.ts")).put,
  open: async () => (await import("./commands/links/open-link.ts")).open,
  stats: async () => (await import("./commands/stats/link-stats.ts")).stats,
  qr: async () => (await import("./commands/links/qr-code.ts")).qr,
  "tag ls": async () => (await import("./commands/tags/tag-commands.ts")).listTags,
  "tag rename": async () => (await import("./commands/tags/tag-commands.ts")).renameTag,
  "tag merge": async () => (await import("./commands/tags/tag-commands.ts")).mergeTags,
  "tag rm": async () => (await import("./commands/tags/tag-commands.ts")).removeTag,
  trash: async () => (await import("./commands/trash/trash-commands.ts")).listTrash,
  "trash restore": async () => (await import("./commands/trash/trash-commands.ts")).recoverLinks,
  "trash purge": async () => (await import("./commands/trash/trash-commands.ts")).purgeLinks,
  "import csv": async () => (await import("./commands/csv/import-csv.ts")).importCsv,
  "import python": async () => (await import("./commands/import-python.ts")).importPythonCommand,
  "move-in": async () => (await import("./commands/import-python.ts")).importPythonCommand,
  apply: async () => (await import("./commands/apply/apply.ts")).apply,
  export: async () => (await import("./commands/export/export-links.ts")).exportLinks,
  "user add": async () => (await import("./commands/user-commands.ts")).addUser,
  "user list": async () => (await import("./commands/user-commands.ts")).listUsers,
  "user passwd": async () => (await import("./commands/user-password.ts")).passwd,
  "user disable": async () => (await import("./commands/user-commands.ts")).disable,
  "user enable": async () => (await import("./commands/user-commands.ts")).enable,
  "user remove": async () => (await import("./commands/remove-user.ts")).removeUser,
  "key add": async () => (await import("./commands/keys/key-commands.ts")).addKey,
  "key ls": async () => (await import("./commands/keys/key-commands.ts")).listKeys,
  "key revoke": async () => (await import("./commands/keys/key-commands.ts")).revokeKey,
  audit: async () => (await import("./commands/audit/list-audit.ts")).audit,
  jobs: async () => (await import("./commands/job-commands.ts")).listJobs,
  "jobs run": async () => (await import("./commands/job-commands.ts")).runJob,
  nodes: async () => (await import("./commands/nodes/node-commands.ts")).listNodes,
  "nodes accept-key": async () => (await import("./commands/nodes/node-commands.ts")).acceptKey,
  "nodes forget": async () => (await import("./commands/nodes/node-commands.ts")).forgetNode,
  assets: async () => (await import("./commands/assets.ts")).assets,
  backup: async () => (await import("./commands/backup.ts")).backup,
  restore: async () => (await import("./commands/trash/trash-commands.ts")).restore,
  "make-backup": async () => (await import("./commands/backup.ts")).makeBackup,
  "read-archive": async () => (await import("./commands/restore.ts")).readArchive,
  health: async () => (await import("./serve/health.ts")).health,
  "move-database": async () =>
    (await import("./commands/move/move-database.ts")).moveDatabaseCommand,
  doctor: async () => (await import("./commands/doctor.ts")).doctor,
  completion: async () =>
    (await import("./commands/completion/completion.ts")).completionOf(listCommands),
  config: async () => (await import("./commands/config.ts")).config,
  "complete-codes": async () =>
    (await import("./commands/completion/complete-codes.ts")).completeCodes,
  "config nginx": async () => (await import("./commands/config-nginx.ts")).configNginx,
};

/** Commands that `--help` leaves out: four are for our own processes and scripts, `move-in` is an earlier name. */
const unlisted = ["worker", "make-backup", "read-archive", "complete-codes", "move-in"];

/** The commands for people. */
export const commandNames: readonly string[] = Object.keys(commands).filter(
  (name) => !unlisted.includes(name),
);

/** The commands for people, with their names. */
async function listCommands() {
  const loaded = await loadAll(commandNames);
  return loaded.map((command, at) => ({ ...command, name: commandNames[at] ?? "" }));
}

/** @throws Problem `usage` if there is no such command */
export async function loadCommand(name: string): Promise<Command> {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) throw usageProblem(text.unknownCommand(name));
  return await load();
}

/** Runs the program once and returns its exit code: 0 done, 1 problem, 2 wrong usage. */
export async function run(args: readonly string[], env: Environment): Promise<number> {
  // Closed pipes are noticed where something is printed.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  try {
    await dispatch(args, env);
    return 0;
  } catch (thrown) {
    // The reader of the output, such as `head`, has read enough.
    if (codeOf(thrown) === "EPIPE") return 0;
    const problem = toProblem(thrown);
    printError(text.error(describeProblem(problem)));
    if (!(thrown instanceof Problem)) printError(Bun.inspect(thrown));
    return problem.code === "usage" ? 2 : 1;
  }
}

/** One line; what an internal one was caused by may be known to the operator. */
function describeProblem({ code, message, cause }: Problem): string {
  return code === "internal" && cause instanceof Error
    ? text.caused(message, codeOf(cause) || cause.message)
    : message;
}

async function dispatch(args: readonly string[], env: Environment): Promise<void> {
  const [first, ...rest] = args;
  if (first === "--version" || first === "-V") return printResult(version);
  if (first === undefined || isHelp(first)) return printResult(await describe(rest));
  const { name, words } = findCommand(args);
  if (name === null) return await answerGroup(first, words);
  const command = await loadCommand(name);
  const { positionals, values, switches } = parseArguments(command, name, words);
  if (switches.has("help")) return printResult(describeCommand(command, screenWidth()));
  if (values.has("server") && !command.isRemote) throw refuseServer(command, name);
  if (switches.has("quiet")) leaveOutNotes();
  if (switches.has("no-color") || env.NO_COLOR || env.TERM === "dumb") leaveOutColors();
  await command.run({
    positionals,
    option: (option) => values.get(option),
    has: (option) => switches.has(option),
    dataFolder: resolve(values.get("data") ?? (env.TRUNK8_DATA || "data")),
    env,
  });
}

function refuseServer({ needsPerson }: Command, name: string): Problem {
  return usageProblem((needsPerson ? clientText.needsPerson : clientText.localOnly)(name));
}

function isHelp(word: string): boolean {
  return word === "--help" || word === "-h" || word === "help";
}

/** A command's name has one or two words; null for the first of two alone, such as `user`. */
function findCommand(args: readonly string[]): {
  readonly name: string | null;
  readonly words: readonly string[];
} {
  const [first = "", second = ""] = args;
  if (Object.hasOwn(commands, `${first} ${second}`))
    return { name: `${first} ${second}`, words: args.slice(2) };
  const isGroup = !Object.hasOwn(commands, first) && groupOf(first).length > 0;
  return { name: isGroup ? null : first, words: args.slice(1) };
}

/** The commands whose names have two words, of which `first` is the first. */
function groupOf(first: string): readonly string[] {
  return commandNames.filter((name) => name.startsWith(`${first} `));
}

/** `trunk8 user` alone, or with a word that is none of its commands. */
async function answerGroup(first: string, [second]: readonly string[]): Promise<void> {
  if (second !== undefined && isHelp(second)) return printResult(await describe([first]));
  if (second !== undefined && !second.startsWith("-"))
    throw usageProblem(text.unknownInGroup(first, second));
  const names = groupOf(first).map((name) => name.slice(first.length + 1));
  throw usageProblem(text.commandMissing(first, formatAlternatives(names)));
}

/** The help that `trunk8 help` prints about the program, or about the command that follows. */
async function describe(words: readonly string[]): Promise<string> {
  const [first] = words;
  if (first === undefined) return describeProgram(await loadAll(commandNames), screenWidth());
  const { name } = findCommand(words);
  if (name !== null) return describeCommand(await loadCommand(name), screenWidth());
  return describeGroup(first, await loadAll(groupOf(first)), screenWidth());
}

async function loadAll(names: readonly string[]): Promise<Command[]> {
  return await Promise.all(names.map(loadCommand));
}
