import { loadSettings } from "../../config/load-settings.ts";
import type { Settings } from "../../config/settings.ts";
import { parseListen } from "../../config/values/listen-address.ts";
import { href } from "../../http/urls.ts";
import { Problem } from "../../problem.ts";
import { placesOf } from "../../server/workers/worker-places.ts";
import { type Command, type Invocation, printResult } from "../command.ts";
import { reachableOrigins } from "../site-origin.ts";
import { text } from "./text.en.ts";

/** For Docker and the like: an image contains no other program that could ask. */
export const health: Command = {
  synopsis: "health",
  summary: () => text.health.summary,
  words: [0, 0],
  examples: ["trunk8 health --data /srv/trunk8"],
  options: {},
  run: checkHealth,
};

/** Longer than the server's own checks take. */
const TIMEOUT_MS = 5000;

async function checkHealth(invocation: Invocation): Promise<void> {
  const { settings } = await loadSettings({ ...invocation, flags: {} });
  const { url, ...at } = addressOf(settings);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const answer = await fetch(url, { ...at, signal }).catch(({ message }: Error) => {
    throw new Problem("busy", text.health.silent(url, message));
  });
  if (!answer.ok) throw new Problem("busy", text.health.unready(url, answer.status));
  printResult(text.health.ready);
}

/** Of the first worker, where each has a socket of its own. */
function addressOf(settings: Settings): { readonly url: string; readonly unix?: string } {
  const [{ listen } = { listen: settings["server.listen"] }] = placesOf(settings);
  const path = href("ready");
  const address = parseListen(listen);
  if ("unix" in address) return { url: `http://localhost${path}`, unix: address.unix };
  const [origin] = reachableOrigins(address.hostname, address.port);
  return { url: `${origin}${path}` };
}
