import type { Invocation } from "../command.ts";
import type { Client } from "./client.ts";
import { findServer } from "./find-server.ts";

/** Opens the client that the arguments and the environment of a command choose, for `work`. */
export async function withClient<T>(
  invocation: Invocation,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const server = findServer(invocation);
  if (server === null) {
    const { withLocalClient } = await import("./local-client.ts");
    return await withLocalClient(invocation, work);
  }
  const { RemoteClient } = await import("./remote-client.ts");
  return await work(new RemoteClient(server));
}
