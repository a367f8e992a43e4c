import type { Call } from "../../http/call.ts";

/** Origins under which this site is reached, as far as a request shows. */
export function ownOrigins({ client, settings }: Call): readonly string[] {
  return [client.origin, settings["server.public_url"]];
}
