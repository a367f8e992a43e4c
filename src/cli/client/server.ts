import { Problem } from "../../problem.ts";
import { usageProblem } from "../command.ts";
import { text } from "./text.en.ts";

/** A site and the API key for it. */
export interface Server {
  readonly origin: string;
  readonly key: string;
}

/** Hosts of this machine, to which a key may go unencrypted. */
const LOOPBACK = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * The origin of a site that a person names.
 * @throws Problem `usage`, or `bad_request` for one to which the key would go unencrypted
 */
export function parseServer(given: string, isInsecure: boolean): string {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `https://${given}`);
  const isOrigin = url?.pathname === "/" && url.search === "" && url.hash === "";
  if (!url || !isOrigin || url.username !== "" || !/^https?:$/.test(url.protocol))
    throw usageProblem(text.noServer(given));
  if (url.protocol === "http:" && !isInsecure && !LOOPBACK.test(url.hostname))
    throw new Problem("bad_request", text.unencrypted(url.host));
  return url.origin;
}
