import { findFreePort, type Side, startSide } from "./side.ts";

/** A server with the same response to every request, to measure Bun itself. */
export function startBare(folder: string): Promise<Side> {
  const port = findFreePort();
  const script = new URL("./bare-server.ts", import.meta.url).pathname;
  return startSide({
    name: "bare Bun",
    command: [process.execPath, script, String(port)],
    port,
    folder,
  });
}
