import { parseArgs } from "node:util";
import type { Problem } from "../problem.ts";
import { type Command, type CommandOption, usageProblem } from "./command.ts";
import { text } from "./text.en.ts";

/** What follows a command's name. */
export interface ParsedArguments {
  readonly positionals: readonly string[];
  /** Values of the options that take one. */
  readonly values: ReadonlyMap<string, string>;
  readonly switches: ReadonlySet<string>;
}

/** Options of every command; those that are not `isRemote` refuse `server` with a reason. */
export const commonOptions = {
  data: { value: "DIR", doc: () => text.help.data },
  server: { value: "URL", doc: () => text.help.server },
  insecure: { doc: () => text.help.insecure },
  quiet: { doc: () => text.help.quiet },
  "no-color": { doc: () => text.help.noColor },
  help: { doc: () => text.help.help },
} as const satisfies Record<string, CommandOption>;

/** The short form of `--help`. */
const HELP = "h";

/**
 * Reads the arguments of a command, called `name`.
 * @throws Problem `usage` that names the option or argument that is wrong
 */
export function parseArguments(
  command: Command,
  name: string,
  args: readonly string[],
): ParsedArguments {
  const options = new Map<string, CommandOption>(
    Object.entries({ ...command.options, ...commonOptions }),
  );
  const values = new Map<string, string>();
  const switches = new Set<string>();
  const positionals: string[] = [];
  for (const token of tokensOf(args, options)) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const option = options.get(token.name);
    if (option === undefined) throw unknownOption(token, name);
    if (option.value === undefined) switches.add(requireSwitch(token).name);
    else if (values.has(token.name)) throw usageProblem(text.option.repeated(token.rawName));
    else values.set(token.name, requireValue(token, option.value));
  }
  if (!switches.has("help")) requireWords(command, positionals);
  return { positionals, values, switches };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

/** An API key is never an argument: others on the machine can read arguments. */
function unknownOption({ name: option, rawName }: OptionToken, command: string): Problem {
  return usageProblem(
    option === "key" ? text.option.keyInArguments : text.option.unknown(rawName, command),
  );
}

/** Not strict, since the errors of Node's parser name neither the command nor what would be right. */
function tokensOf(args: readonly string[], options: ReadonlyMap<string, CommandOption>) {
  const table = [...options].map(([name, { value }]) => {
    const type = value === undefined ? ("boolean" as const) : ("string" as const);
    return [name, { type, ...(name === "help" && { short: HELP }) }] as const;
  });
  return parseArgs({
    args: [...args],
    options: Object.fromEntries(table),
    allowPositionals: true,
    strict: false,
    tokens: true,
  }).tokens;
}

function requireSwitch(token: OptionToken): OptionToken {
  if (token.value === undefined) return token;
  throw usageProblem(text.option.takesNoValue(token.rawName));
}

/** A value that begins with a dash is written `--title=-x`: otherwise it is the next option, and this one has none. */
function requireValue({ rawName, value, inlineValue }: OptionToken, placeholder: string): string {
  const isOption = inlineValue !== true && value !== undefined && /^-./.test(value);
  if (value === undefined || isOption)
    throw usageProblem(text.option.needsValue(rawName, placeholder));
  return value;
}

function requireWords(command: Command, positionals: readonly string[]): void {
  const { synopsis } = command;
  const [least, most] = command.words;
  const extra = positionals[most];
  if (extra !== undefined) throw usageProblem(text.argument.unexpected(extra, synopsis));
  if (positionals.length < least)
    throw usageProblem(
      text.argument.missing(placeholders(synopsis)[positionals.length] ?? "", synopsis),
    );
}

/** `URL|FILE` of `add URL|FILE [OPTIONS]`. */
function placeholders(synopsis: string): string[] {
  const words = synopsis.split(" ").filter((word) => /^[A-Z]/.test(word));
  return words.map((word) => word.replace("...", ""));
}
