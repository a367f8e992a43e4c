/** Of terminals that do not say how wide they are. */
const DEFAULT_WIDTH = 80;

/** Whether a person reads the results on a screen; otherwise a program does, whose format does not change. */
export function isOnScreen(): boolean {
  return process.stdout.isTTY === true;
}

/** The same of what is no result: notes, questions and progress. */
export function isNoteOnScreen(): boolean {
  return process.stderr.isTTY === true;
}

/** Columns of the screen that results are printed to; unlimited where no screen is. */
export function screenWidth(): number {
  return widthOf(process.stdout);
}

/** The same of standard error. */
export function noteWidth(): number {
  return widthOf(process.stderr);
}

function widthOf({ isTTY, columns }: NodeJS.WriteStream): number {
  return isTTY ? columns || DEFAULT_WIDTH : Number.POSITIVE_INFINITY;
}

/** Parameters of Select Graphic Rendition (ECMA-48). */
const styles = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;

export type Style = keyof typeof styles;

let isPlain = false;

/** From now on, prints no colors. */
export function leaveOutColors(): void {
  isPlain = true;
}

/** Returns words in a color where results are printed to a screen. */
export function paint(words: string, style: Style | undefined): string {
  if (isPlain || style === undefined || words === "" || !isOnScreen()) return words;
  return `\u001b[${styles[style]}m${words}\u001b[0m`;
}
