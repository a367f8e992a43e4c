import type { Call } from "../call.ts";
import { askedHost } from "../request/client.ts";

/** Origins under which this site is reached, as far as a request shows. */
export function ownOrigins({ client, settings, request }: Call): readonly string[] {
  const host = askedHost(request);
  const asked = host === null ? [] : [`http://${host}`, `https://${host}`];
  return [...new Set([client.origin, settings["server.public_url"], ...asked])];
}
