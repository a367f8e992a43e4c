import type { ListenAddress } from "../config/values/listen-address.ts";
import { Problem } from "../problem.ts";

/** Workers whose supervisor was killed let go of their port within moments. */
const TRIES = 10;
const BETWEEN_MS = 200;

/**
 * Sees to it that no other program listens at a TCP port that workers will share: the kernel would share it with that
 * program, too.
 * @throws Problem `internal` where one does, also after two seconds
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
  const message = `Cannot listen on ${place}: is another program there already?`;
  return new Problem("internal", message, { cause });
}
