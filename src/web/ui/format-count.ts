const counts = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** A count as people write it: `12,345`. */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** A count with its noun: `1 link`, `12,345 links`. */
export function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${count === 1 ? noun : `${noun}s`}`;
}
