import type { SeededLink } from "./seed.ts";
import type { Side } from "./sides.ts";

/** Links that are opened one by one before a side is loaded. */
const SAMPLE = 50;

/** Checks that a side really redirects where the links lead; gives how many it opened. */
export async function verifySample(
  { name, port }: Side,
  links: readonly SeededLink[],
): Promise<number> {
  const step = Math.max(1, Math.floor(links.length / SAMPLE));
  const sample = links.filter((_, at) => at % step === 0);
  for (const { shortCode, target } of sample) {
    const answer = await fetch(`http://127.0.0.1:${port}/${shortCode}`, { redirect: "manual" });
    if (answer.status === 302 && answer.headers.get("location") === target) continue;
    throw new Error(
      `${name} answers /${shortCode} with ${answer.status} ${answer.headers.get("location")}, not ${target}`,
    );
  }
  return sample.length;
}
