import type { Machine } from "./machine/machine.ts";
import type { Goal, Table } from "./table.ts";

/** How large and how long a bench is asked to be. */
export interface Options {
  /** Small and short: shows that the bench works, not how fast anything is. */
  readonly quick: boolean;
  /** Length of one load. */
  readonly seconds: number;
  readonly rounds: number;
  /** How many links there are, one number for each size to measure; empty: what the bench finds right. */
  readonly links: readonly number[];
  /** The `src/main.ts` to measure. */
  readonly program: string;
  /** For `--workers` of our server; null: what it does by itself. */
  readonly workers: string | null;
}

/** What a bench has while it runs. */
export interface Ground {
  readonly options: Options;
  /** An empty folder, removed afterwards. */
  readonly folder: string;
}

/** What a bench found out. */
export interface Finding {
  /** What was done, in a line. */
  readonly setup: string;
  readonly tables: readonly Table[];
  /** Sentences below the tables. */
  readonly notes: readonly string[];
  readonly goals: readonly Goal[];
  /** All figures, for whoever wants to reckon with them. */
  readonly figures: unknown;
}

export interface Bench {
  readonly doc: string;
  /** Programs without which there is nothing to measure; nginx may be missing, which is then said. */
  readonly tools: readonly string[];
  run(ground: Ground): Promise<Finding>;
}

/** A finding with what it was found on: the file in bench/results. */
export interface Result extends Finding {
  readonly bench: string;
  readonly at: string;
  readonly machine: Machine;
  readonly quick: boolean;
}
