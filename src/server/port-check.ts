import type { ListenAddress } from "../config/values/listen-address.ts";
import { Problem } from "../problem.ts";
import { text } from "./text.en.ts";

/** Workers of a killed supervisor release their port within moments. */
const TRIES = 10;
const BETWEEN_MS = 200;

/**
 * Checks that no other program listens on a TCP port that workers will share: the kernel would share it with that
 * program, too.
 * @throws Problem `internal` if one still does after two seconds
 */
export async function expectFreePort(place: string, listen: ListenAddress): Promise<void> {
  if ("unix" in listen || listen.port === 0) return;
  for (let tries = 1; ; tries++) {
    try {
      Bun.listen({ ...listen, socket: { data() {} } }).stop(true);
      return;
    } catch (cause) {
      if (tries === TRIES) throw cannotListen(place, cause);
    }
    await Bun.sleep(BETWEEN_MS);
  }
}

/** @param place as `server.listen` has it */
export function cannotListen(place: string, cause: unknown): Problem {
  return new Problem("internal", text.listen.inUse(place), { cause });
}
