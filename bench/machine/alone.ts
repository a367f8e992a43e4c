import { loadavg } from "node:os";
import { Unready } from "./child.ts";

/** An abstract unix socket (unix(7)): the kernel gives it up with the process, however that ends. */
const PLACE = "\0trunk8-bench";

/** More than this wanted a processor before the start: what is measured is partly theirs. */
const BUSY_LOAD = 1;

/**
 * Keeps a second bench off this machine until the result is disposed of: each would measure the other.
 * @throws Unready when one is running
 */
export function takeMachine(): Disposable {
  try {
    const claim = Bun.listen({ unix: PLACE, socket: { data() {} } });
    return { [Symbol.dispose]: () => claim.stop(true) };
  } catch (cause) {
    throw new Unready("Another bench is running on this machine: wait until it has ended.", {
      cause,
    });
  }
}

/** A sentence for the report when the machine had other work to do; "" when it had not. */
export function warnIfBusy(load: number): string {
  if (load <= BUSY_LOAD) return "";
  return "NOT TO BE TRUSTED: the machine was busy before the start. Run it again on a quiet one.\n";
}

/** Processes that wanted a processor in the last minute. */
export function readLoad(): number {
  return loadavg()[0] ?? Number.NaN;
}
