/** Something that is wrong, found by looking for it. */
export interface Fault {
  /** What is wrong, as a sentence. */
  readonly what: string;
  /** The command, or the line to change, that puts it right. */
  readonly remedy: string;
  /** Puts it right by itself, where that can do no harm. */
  readonly mend?: () => Promise<unknown>;
}
