import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Environment } from "../config/environment.ts";
import { toProblem } from "../problem.ts";
import { version } from "../version.ts";
import { type Command, type Invocation, printNote, printResult, usageProblem } from "./command.ts";
import { text } from "./text.en.ts";

/** Every command, loaded when it is called, so that each starts quickly. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import("./serve/serve.ts")).serve,
  worker: async () => (await import("./serve/worker.ts")).worker,
  add: async () => (await import("./commands/link-commands.ts")).add,
  ls: async () => (await import("./commands/link-commands.ts")).ls,
  rm: async () => (await import("./commands/link-commands.ts")).rm,
  "import python": async () => (await import("./commands/import-python.ts")).importPythonCommand,
  "move-in": async () => (await import("./commands/import-python.ts")).importPythonCommand,
  apply: async () => (await import("./commands/apply.ts")).apply,
  export: async () => (await import("./commands/export-links.ts")).exportLinks,
  "user add": async () => (await import("./commands/user-commands.ts")).addUser,
  "user list": async () => (await import("./commands/user-commands.ts")).listUsers,
  "user passwd": async () => (await import("./commands/user-commands.ts")).passwd,
  "user disable": async () => (await import("./commands/user-commands.ts")).disable,
  "user enable": async () => (await import("./commands/user-commands.ts")).enable,
  "user remove": async () => (await import("./commands/remove-user.ts")).removeUser,
  jobs: async () => (await import("./commands/job-commands.ts")).listJobs,
  "jobs run": async () => (await import("./commands/job-commands.ts")).runJob,
  assets: async () => (await import("./commands/assets.ts")).assets,
  backup: async () => (await import("./commands/backup.ts")).backup,
  restore: async () => (await import("./commands/restore.ts")).restore,
  doctor: async () => (await import("./commands/doctor.ts")).doctor,
  config: async () => (await import("./commands/config.ts")).config,
  "config nginx": async () => (await import("./commands/config-nginx.ts")).configNginx,
};

/** Commands that `--help` leaves out: `worker` is for `serve` alone, `move-in` is an earlier name. */
const unlisted = ["worker", "move-in"];

/** The commands for people. */
export const commandNames: readonly string[] = Object.keys(commands).filter(
  (name) => !unlisted.includes(name),
);

/** @throws Problem `usage` if there is no such command */
export async function loadCommand(name: string): Promise<Command> {
  const load = commands[name];
  if (load === undefined) throw usageProblem(text.unknownCommand(name));
  return await load();
}

/** Options of every command. */
const COMMON = {
  data: { value: "DIR", doc: () => text.help.data },
  help: { doc: () => text.help.help },
} as const;

/** Runs the program once and returns its exit code: 0 done, 1 problem, 2 wrong usage. */
export async function run(args: readonly string[], env: Environment): Promise<number> {
  try {
    await dispatch(args, env);
    return 0;
  } catch (thrown) {
    const problem = toProblem(thrown);
    printNote(text.error(problem.message));
    if (problem.code === "internal" && problem.cause !== undefined)
      printNote(Bun.inspect(problem.cause));
    return problem.code === "usage" ? 2 : 1;
  }
}

async function dispatch(args: readonly string[], env: Environment): Promise<void> {
  const [first, second] = args;
  if (first === "--version" || first === "-V") return printResult(version);
  if (first === undefined || first === "--help" || first === "-h" || first === "help") {
    return printResult(await describeAll());
  }
  const isPair = second !== undefined && Object.hasOwn(commands, `${first} ${second}`);
  const name = isPair ? `${first} ${second}` : first;
  const command = await loadCommand(name);
  const invocation = parseInvocation(command, args.slice(isPair ? 2 : 1), env);
  if (invocation.has("help")) return printResult(describeCommand(command));
  checkWords(command, invocation);
  await command.run(invocation);
}

function parseInvocation(command: Command, args: readonly string[], env: Environment): Invocation {
  const table = { ...command.options, ...COMMON };
  const options = Object.fromEntries(
    Object.entries(table).map(([name, option]) => [
      name,
      { type: "value" in option ? "string" : "boolean" } as const,
    ]),
  );
  const { values, positionals } = parseStrictly(args, options);
  const option = (name: string) => (typeof values[name] === "string" ? values[name] : undefined);
  return {
    positionals,
    option,
    has: (name) => values[name] === true,
    dataFolder: resolve(option("data") ?? (env.TRUNK8_DATA || "data")),
    env,
  };
}

function parseStrictly(
  args: readonly string[],
  options: Record<string, { type: "string" | "boolean" }>,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw usageProblem(error instanceof Error ? error.message : String(error));
  }
}

function checkWords(
  { words: [least, most], synopsis }: Command,
  { positionals }: Invocation,
): void {
  if (positionals.length >= least && positionals.length <= most) return;
  throw usageProblem(text.help.usage(synopsis));
}

/** Width of the column before the summaries. */
const SYNOPSIS_WIDTH = 28;

async function describeAll(): Promise<string> {
  const lines = await Promise.all(
    commandNames.map(async (name) => {
      const { synopsis, summary } = await loadCommand(name);
      return `  ${synopsis.padEnd(SYNOPSIS_WIDTH)} ${summary()}`;
    }),
  );
  const { tagline, allUsage, more } = text.help;
  return [tagline(version), allUsage, lines.join("\n"), more].join("\n\n");
}

function describeCommand({ synopsis, summary, options }: Command): string {
  const rows = Object.entries({ ...options, ...COMMON }).map(([name, option]) => {
    const value = "value" in option && option.value !== undefined ? ` ${option.value}` : "";
    return { left: `--${name}${value}`, doc: option.doc() };
  });
  const width = Math.max(...rows.map(({ left }) => left.length));
  const lines = rows.map(({ left, doc }) => `  ${left.padEnd(width)}  ${doc}`);
  return [text.help.usage(synopsis), summary(), lines.join("\n")].join("\n\n");
}
