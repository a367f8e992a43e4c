import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Environment } from "../config/environment.ts";
import { toProblem } from "../problem.ts";
import { version } from "../version.ts";
import { type Command, type Invocation, printNote, printResult, usageProblem } from "./command.ts";

/** Every command, loaded when it is called, so that each starts as quickly as it can. */
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

/** Loads one command. */
export async function loadCommand(name: string): Promise<Command> {
  const load = commands[name];
  if (load === undefined) throw usageProblem(`There is no command "${name}". See trunk8 --help.`);
  return await load();
}

/** Options that every command takes. */
const COMMON = {
  data: { value: "DIR", doc: () => "the data folder (TRUNK8_DATA; default ./data)" },
  help: { doc: () => "show this" },
} as const;

/** Runs one call of the program; resolves to its exit code: 0 done, 1 a problem, 2 wrong usage. */
export async function run(args: readonly string[], env: Environment): Promise<number> {
  try {
    await dispatch(args, env);
    return 0;
  } catch (thrown) {
    const problem = toProblem(thrown);
    printNote(`trunk8: ${problem.message}`);
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
  throw usageProblem(`Usage: trunk8 ${synopsis}`);
}

async function describeAll(): Promise<string> {
  const lines = await Promise.all(
    commandNames.map(async (name) => {
      const { synopsis, summary } = await loadCommand(name);
      return `  ${synopsis.padEnd(28)} ${summary()}`;
    }),
  );
  return `Trunk8 ${version}: short links, files and pages at addresses you own.

Usage: trunk8 COMMAND [OPTIONS]

${lines.join("\n")}

trunk8 COMMAND --help tells more; trunk8 --version tells which one this is.`;
}

function describeCommand({ synopsis, summary, options }: Command): string {
  const lines = Object.entries({ ...options, ...COMMON }).map(([name, option]) => {
    const value = "value" in option && option.value !== undefined ? ` ${option.value}` : "";
    return `  ${`--${name}${value}`.padEnd(20)} ${option.doc()}`;
  });
  return `Usage: trunk8 ${synopsis}\n\n${summary()}\n\n${lines.join("\n")}`;
}
