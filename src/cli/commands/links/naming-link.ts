import { Problem } from "../../../problem.ts";
import { text } from "../text.en.ts";

/**
 * @param message says that there is no such link
 * @throws Problem `not_found` that names the link
 */
export async function namingLink<Found>(
  shortCode: string,
  work: Promise<Found>,
  message = text.links.rm.noSuchLink,
): Promise<Found> {
  return await work.catch((thrown) => {
    if (!(thrown instanceof Problem) || thrown.code !== "not_found") throw thrown;
    throw new Problem("not_found", message(shortCode));
  });
}
