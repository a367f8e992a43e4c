import { availableParallelism } from "node:os";
import type { Settings } from "../../config/settings.ts";
import type { Place } from "./supervisor.ts";

/** Returns where each worker listens: all on one TCP port, or each on its own socket (`trunk8-1.sock` for `trunk8.sock`). */
export function placesOf({
  "server.workers": wanted,
  "server.listen": listen,
}: Pick<Settings, "server.workers" | "server.listen">): Place[] {
  const isUnix = listen.startsWith("unix:");
  const count = wanted === "auto" ? automaticCount(isUnix) : Number(wanted || 1);
  return Array.from({ length: count }, (_, at) => ({
    number: at + 1,
    listen: isUnix && count > 1 ? numbered(listen, at + 1) : listen,
  }));
}

/** One for each core; only one where the kernel cannot share a port. */
function automaticCount(isUnix: boolean): number {
  return isUnix || process.platform === "linux" ? availableParallelism() : 1;
}

function numbered(listen: string, number: number): string {
  const name = /\.sock$/.test(listen) ? listen.slice(0, -".sock".length) : listen;
  return `${name}-${number}${listen.slice(name.length)}`;
}
