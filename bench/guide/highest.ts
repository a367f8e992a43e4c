import { keepsLimits } from "./limits.ts";
import type { Mix, MixRun } from "./mix.ts";

/** Options of the search for the highest rate. */
export interface Search {
  /** The first rate, known to meet the limits. */
  readonly from: number;
  /** Length of a step, in seconds. */
  readonly seconds: number;
  /** The highest rate to try. */
  readonly most: number;
  /** Number of bisections after the first rate that fails. */
  readonly halvings: number;
}

/** All attempts in order: up by half until a rate fails, then by bisection. */
export async function searchHighest(
  mix: Mix,
  { from, seconds, most, halvings }: Search,
): Promise<MixRun[]> {
  const tried: MixRun[] = [];
  const isKept = async (rate: number) => {
    const run = await mix.run(rate, seconds);
    tried.push(run);
    return keepsLimits(run);
  };
  let [kept, tooMuch] = [from, Math.min(from * 1.5, most)];
  while (tooMuch < most && (await isKept(tooMuch)))
    [kept, tooMuch] = [tooMuch, Math.min(Math.round(tooMuch * 1.5), most)];
  for (let halving = 0; halving < halvings; halving++) {
    const middle = Math.round((kept + tooMuch) / 2);
    if (await isKept(middle)) kept = middle;
    else tooMuch = middle;
  }
  return tried;
}
