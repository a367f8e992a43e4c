import { loadavg } from "node:os";
import { Unready } from "./child.ts";

/** An abstract unix socket (unix(7)): the kernel closes it when the process ends for any reason. */
const PLACE = "\0trunk8-bench";

/** With a higher load average before the start, the results are not reliable. */
const BUSY_LOAD = 1;

/**
 * Prevents a second benchmark on this machine until the result is disposed of: each would measure the other.
 * @throws Unready if one is running
 */
export function takeMachine(): Disposable {
  try {
    const claim = Bun.listen({ unix: PLACE, socket: { data() {} } });
    return { [Symbol.dispose]: () => claim.stop(true) };
  } catch (cause) {
    throw new Unready("Another benchmark is running on this machine. Wait until it has finished.", {
      cause,
    });
  }
}

/** A warning for the report if the machine was busy; "" if not. */
export function warnIfBusy(load: number): string {
  if (load <= BUSY_LOAD) return "";
  return "NOT RELIABLE: the machine was busy before the start. Run it again on an idle one.\n";
}

/** Load average of the last minute. */
export function readLoad(): number {
  return loadavg()[0] ?? Number.NaN;
}
