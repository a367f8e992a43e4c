import { Problem } from "../../problem.ts";
import { databaseBusy } from "../database-errors.ts";
import type { ServerIdentity } from "./server-identity.ts";
import { ServerProbe } from "./server-probe.ts";

/** Returns why a server must not be used; null if it may be. */
export type Refusal = (identity: ServerIdentity) => string | null;

export interface Answer {
  readonly url: string;
  readonly identity: ServerIdentity;
}

/** What servers say of themselves, and why others cannot be used. */
export interface Answers {
  readonly usable: readonly Answer[];
  readonly faults: readonly unknown[];
}

/** How long to wait for the other servers once one can be used: a frozen one must not hold up a failover. */
const PATIENCE_MS = 500;

/** Asks all servers at once which one they are. */
export async function askAll(probes: readonly ServerProbe[], refuse: Refusal): Promise<Answers> {
  const usable: Answer[] = [];
  const faults: unknown[] = [];
  const { promise: patience, resolve: hurry } = Promise.withResolvers<void>();
  let timer: Timer | undefined;
  const asked = probes.map(async (probe) => {
    try {
      usable.push(await ask(probe, refuse));
      timer ??= setTimeout(hurry, PATIENCE_MS);
    } catch (fault) {
      faults.push(fault);
    }
  });
  await Promise.race([Promise.all(asked), patience]);
  clearTimeout(timer);
  return { usable: [...usable], faults: [...faults] };
}

/** The server of the highest timeline: after a failover, the one before may still be writable. Of several, `url`. */
export function bestOf(answers: readonly Answer[], url: string): Answer | null {
  const highest = Math.max(...answers.map(({ identity }) => identity.timeline));
  const best = answers.filter(({ identity }) => identity.timeline === highest);
  return best.find((answer) => answer.url === url) ?? best[0] ?? null;
}

/**
 * Returns the URL of the primary of several servers; of one, its URL.
 * @throws Problem `busy` when none can be used
 */
export async function findPrimary(urls: readonly string[], refuse: Refusal): Promise<string> {
  const [first = ""] = urls;
  if (urls.length === 1) return first;
  const probes = urls.map((url) => new ServerProbe(url));
  const { usable, faults } = await askAll(probes, refuse);
  for (const probe of probes) probe.close();
  const best = bestOf(usable, first);
  if (best === null) throw faults[0] ?? databaseBusy();
  return best.url;
}

async function ask(probe: ServerProbe, refuse: Refusal): Promise<Answer> {
  const identity = await probe.ask();
  const refusal = refuse(identity);
  if (refusal !== null) throw new Problem("busy", refusal, { retryAfterSeconds: 2 });
  return { url: probe.url, identity };
}
