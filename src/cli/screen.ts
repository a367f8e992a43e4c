/** Whether a person reads the results on a screen; otherwise a program does, whose format does not change. */
export function isOnScreen(): boolean {
  return process.stdout.isTTY === true;
}

/** Columns of the screen that results are printed to; any number of them where no screen is. */
export function screenWidth(): number {
  return isOnScreen() ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;
}
