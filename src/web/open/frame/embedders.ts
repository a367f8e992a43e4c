import type { Settings } from "../../../config/settings.ts";
import type { Opening } from "../../../links/cached-link.ts";
import { ANY_HOST, type EmbedHosts, NO_HOSTS } from "../../../links/options/embed-hosts.ts";

/**
 * Websites that may show a link in a frame. A link that asks for something first is in none: a password must not be
 * entered, and no visit used up, on a page that another website draws over.
 */
export function embeddersOf(
  { embedHosts, isGated }: Pick<Opening, "embedHosts" | "isGated">,
  settings: Settings,
): EmbedHosts {
  if (isGated) return NO_HOSTS;
  return embedHosts === ANY_HOST && !settings["links.embed_anywhere"] ? NO_HOSTS : embedHosts;
}
