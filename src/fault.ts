/** A fault that a check found. */
export interface Fault {
  /** What is wrong, as a sentence. */
  readonly what: string;
  /** The command to run or the line to change. */
  readonly remedy: string;
  /** Fixes it, where that is safe. */
  readonly fix?: () => Promise<unknown>;
}
