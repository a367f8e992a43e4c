import { once } from "node:events";
import type { Environment } from "../config/environment.ts";
import { codeOf } from "../os/system-error.ts";
import { Problem } from "../problem.ts";
import { hideProgress } from "./show-progress.ts";

/** The arguments and environment of one call. */
export interface Invocation {
  readonly positionals: readonly string[];
  /** Returns an option's value; undefined if it is absent. */
  option(name: string): string | undefined;
  /** Whether a switch is present. */
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
  /** As it is typed: `add URL`. */
  readonly synopsis: string;
  /** One sentence for `--help`; read when shown, as all texts are. */
  readonly summary: () => string;
  /** Each option with the line that explains it; one with a `value` takes a value. */
  readonly options: Readonly<Record<string, CommandOption>>;
  /** Number of arguments after the name, at least and at most. */
  readonly words: readonly [number, number];
  /** Commands to copy, for `--help`. */
  readonly examples?: readonly string[];
  /** Whether it works over the API of a site, too. */
  readonly isRemote?: boolean;
  /** Whether no key will do: it needs a person who has signed in, or the operator. */
  readonly needsPerson?: boolean;
  run(invocation: Invocation): Promise<void>;
}

export function usageProblem(message: string): Problem {
  return new Problem("usage", message);
}

/** Prints a command's result to standard output. */
export function printResult(text: string): void {
  hideProgress();
  process.stdout.write(`${text}\n`);
}

/** Prints a result of any length in pieces, none before standard output has taken the last one. */
export async function printPieces(
  pieces: AsyncIterable<string | Uint8Array> | null,
): Promise<void> {
  for await (const piece of pieces ?? [])
    if (!process.stdout.write(piece)) await once(process.stdout, "drain");
}

let isQuiet = false;

/** From now on, prints no notes: `--quiet`. */
export function leaveOutNotes(): void {
  isQuiet = true;
}

/** Prints anything that is not the result to standard error, if that is still open. */
export function printNote(text: string): void {
  if (!isQuiet) printError(text);
}

/** Prints what went wrong to standard error, if that is still open. */
export function printError(text: string): void {
  hideProgress();
  printIfOpen(() => process.stderr.write(`${text}\n`));
}

/** Prints something that has no other purpose than to be read: without a reader, nothing is wrong. */
export function printIfOpen(print: () => void): void {
  try {
    print();
  } catch (thrown) {
    if (codeOf(thrown) !== "EPIPE") throw thrown;
  }
}
