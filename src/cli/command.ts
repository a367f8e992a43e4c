import type { Environment } from "../config/environment.ts";
import { Problem } from "../problem.ts";

/** What a command was called with. */
export interface Invocation {
  readonly positionals: readonly string[];
  /** An option's text, or undefined where it was not given. */
  option(name: string): string | undefined;
  /** Whether a switch was given. */
  has(name: string): boolean;
  /** The data folder: `--data`, `TRUNK8_DATA`, or ./data. */
  readonly dataFolder: string;
  readonly env: Environment;
}

export interface CommandOption {
  /** What stands for the value in `--help`; absent for a switch. */
  readonly value?: string;
  readonly doc: () => string;
}

/** One command of the command line. */
export interface Command {
  /** As one types it: `add URL`. */
  readonly synopsis: string;
  /** One sentence for `--help`; read when shown, as all texts are. */
  readonly summary: () => string;
  /** Each option with the line that explains it; one with a `value` takes a value. */
  readonly options: Readonly<Record<string, CommandOption>>;
  /** How many words it takes after its name, at least and at most. */
  readonly words: readonly [number, number];
  run(invocation: Invocation): Promise<void>;
}

export function usageProblem(message: string): Problem {
  return new Problem("usage", message);
}

/** A command's result; everything else goes to standard error. */
export function printResult(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printNote(text: string): void {
  process.stderr.write(`${text}\n`);
}
