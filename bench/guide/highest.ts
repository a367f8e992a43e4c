import { keepsLimits } from "./limits.ts";
import type { Mix, MixRun } from "./mix.ts";

/** How a highest rate is looked for. */
export interface Search {
  /** The rate to begin with, known to be kept. */
  readonly from: number;
  /** Length of a step, in seconds. */
  readonly seconds: number;
  /** Beyond it is not looked. */
  readonly most: number;
  /** How often the gap is halved, once a rate was too much. */
  readonly halvings: number;
}

/** All that was tried, in order: up by halves until a rate is too much, then between the two. */
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
