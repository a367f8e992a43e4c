const SHORTEST_MS = 100;
const LONGEST_MS = 2000;

/** How long to wait after so many failures: longer each time, and by chance, so that nodes do not come all at once. */
export function retryDelay(failures: number): number {
  const longest = Math.min(SHORTEST_MS * 2 ** failures, LONGEST_MS);
  return longest * (0.5 + Math.random() / 2);
}
