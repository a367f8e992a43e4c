import { Problem } from "../../../problem.ts";
import { text } from "../text.en.ts";

/**
 * The service worker of one page would answer for all pages of the host, even after its link is deleted.
 * @throws Problem `forbidden`
 */
export function refuseServiceWorker({ headers }: Request): void {
  if (headers.has("service-worker")) throw new Problem("forbidden", text.problem.serviceWorker);
}
