import { linkAt } from "../seed/links.ts";
import type { Side } from "../sides/side.ts";

/** Number of links to open before a side is loaded. */
const SAMPLE = 50;

/** Checks the redirects of a side with `count` links; returns how many it opened. */
export async function verifySample({ name, port }: Side, count: number): Promise<number> {
  for (let at = 0; at < SAMPLE; at++) {
    const { shortCode, target } = linkAt(Math.floor((at * count) / SAMPLE));
    const answer = await fetch(`http://127.0.0.1:${port}/${shortCode}`, {
      redirect: "manual",
      headers: {
        "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
      },
    });
    if (answer.status === 302 && answer.headers.get("location") === target) continue;
    throw new Error(
      `${name} answers /${shortCode} with ${answer.status} ${answer.headers.get("location")}, not ${target}`,
    );
  }
  return SAMPLE;
}
