import { isNoteOnScreen } from "./screen.ts";
import { text } from "./text.en.ts";

/** Shows how far the work is, as in `3 of 40 files`. */
export type ShowDetail = (detail: string) => void;

/** How often the line is written again. */
const EVERY_MS = 250;

/** Moves to the line's beginning and clears it (ECMA-48). */
const CLEAR_LINE = "\r\u001b[K";

/** The line that is shown now. */
let shown: ProgressLine | null = null;

/**
 * Does long work. While it lasts, a line on standard error shows for how long, and how far it is; nothing where that is
 * no screen, as in scripts and logs.
 */
export async function showProgress<Result>(
  label: string,
  work: (showDetail: ShowDetail) => Promise<Result>,
): Promise<Result> {
  if (!isNoteOnScreen() || shown !== null) return await work(() => {});
  using line = new ProgressLine(label);
  return await work((detail) => line.detail(detail));
}

/** Clears the line before other output is written; progress continues below. */
export function hideProgress(): void {
  shown?.hide();
}

class ProgressLine implements Disposable {
  readonly #label: string;
  readonly #timer: Timer;
  #ticks = 0;
  #detail = "";
  /** Whether it was written in this interval, apart from at the beginning. */
  #isFresh = false;

  constructor(label: string) {
    this.#label = label;
    this.#timer = setInterval(() => this.#tick(), EVERY_MS);
    shown = this;
    this.#write();
  }

  detail(detail: string): void {
    this.#detail = detail;
    if (this.#isFresh) return;
    this.#isFresh = true;
    this.#write();
  }

  hide(): void {
    process.stderr.write(CLEAR_LINE);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.hide();
    shown = null;
  }

  #tick(): void {
    this.#ticks++;
    this.#isFresh = false;
    this.#write();
  }

  #write(): void {
    const seconds = Math.floor((this.#ticks * EVERY_MS) / 1000);
    const { line, lineWithDetail } = text.progress;
    const words =
      this.#detail === ""
        ? line(this.#label, seconds)
        : lineWithDetail(this.#label, seconds, this.#detail);
    process.stderr.write(CLEAR_LINE + words);
  }
}
