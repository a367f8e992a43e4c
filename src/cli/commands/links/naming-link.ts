import { Problem } from "../../../problem.ts";
import { text } from "../text.en.ts";

/** @throws Problem `not_found` that names the link */
export async function namingLink<Found>(shortCode: string, work: Promise<Found>): Promise<Found> {
  return await work.catch((thrown) => {
    if (!(thrown instanceof Problem) || thrown.code !== "not_found") throw thrown;
    throw new Problem("not_found", text.links.rm.noSuchLink(shortCode));
  });
}
