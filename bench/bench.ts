import type { Machine } from "./machine/machine.ts";
import type { Goal, Table } from "./table.ts";

/** Size and duration of a benchmark. */
export interface Options {
  /** A small and short run, to test the benchmark itself. */
  readonly quick: boolean;
  /** Length of one load. */
  readonly seconds: number;
  readonly rounds: number;
  /** Number of links, one for each size to measure; empty for the benchmark's default. */
  readonly links: readonly number[];
  /** Findings of the security review whose attacks run; empty for all. */
  readonly attacks: readonly string[];
  /** The `src/main.ts` to measure. */
  readonly program: string;
  /** Value of `--workers` of our server; null for its default. */
  readonly workers: string | null;
}

/** What a benchmark gets when it runs. */
export interface BenchContext {
  readonly options: Options;
  /** An empty folder, deleted afterwards. */
  readonly folder: string;
}

/** The results of a benchmark. */
export interface Finding {
  /** Description of the load, in one line. */
  readonly setup: string;
  readonly tables: readonly Table[];
  /** Sentences below the tables. */
  readonly notes: readonly string[];
  readonly goals: readonly Goal[];
  /** All figures, for further processing. */
  readonly figures: unknown;
}

export interface Bench {
  readonly doc: string;
  /** Required programs. nginx is optional: the report says what is missing without it. */
  readonly tools: readonly string[];
  run(context: BenchContext): Promise<Finding>;
}

/** A finding and its machine: the file in bench/results. */
export interface Result extends Finding {
  readonly bench: string;
  readonly at: string;
  readonly machine: Machine;
  readonly quick: boolean;
}
