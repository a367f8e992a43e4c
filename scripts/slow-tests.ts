/** Seconds of the files that take longest, beside others on two cores: so that no process is left with one at the end. */
const slowTests: Readonly<Record<string, number>> = {};

const ORDINARY_SECONDS = 2;

/** About how long the files take together. */
export function secondsOf(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + (slowTests[file] ?? ORDINARY_SECONDS), 0);
}
