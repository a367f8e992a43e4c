import type { Settings } from "./settings.ts";
import { text } from "./text.en.ts";

/**
 * How `server.content_origin` stands to `server.public_url`. `same_host`: cookies ignore ports and mostly schemes, so it
 * separates nothing. `same_site`: one is a subdomain of the other, and SameSite cookies are sent between them.
 */
type Relation = "same_host" | "same_site" | "separate";

/** `separate` also where one of them is not set. */
export function contentOriginRelation(settings: Settings): Relation {
  const content = hostnameOf(settings["server.content_origin"]);
  const site = hostnameOf(settings["server.public_url"]);
  if (content === "" || site === "") return "separate";
  if (content === site) return "same_host";
  const isNested = content.endsWith(`.${site}`) || site.endsWith(`.${content}`);
  return isNested ? "same_site" : "separate";
}

/** Returns what the operator should know about a content origin that does not separate. */
export function contentOriginWarnings(settings: Settings): string[] {
  const relation = contentOriginRelation(settings);
  return relation === "separate" ? [] : [text.contentOrigin[relation]];
}

/** Without the dot at the end of a whole name. */
function hostnameOf(origin: string): string {
  return (URL.parse(origin)?.hostname ?? "").replace(/\.$/, "");
}
