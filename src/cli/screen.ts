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
