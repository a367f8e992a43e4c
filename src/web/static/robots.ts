import type { Handler } from "../../http/call.ts";
import { siteText } from "../../http/response/site-file.ts";
import { previewFetchers } from "../../visits/user-agent.ts";

/**
 * `GET /robots.txt` (RFC 9309): unless links may be indexed, admits only the fetchers of link previews. For search
 * engines that fetch a link all the same, `X-Robots-Tag` says not to index it.
 */
export const robots: Handler = (call) => {
  const rules = call.settings["links.indexed"] ? ADMIT_ALL : ADMIT_PREVIEWS;
  return siteText(rules, { call, cacheControl: "public, max-age=3600" });
};

const ADMIT_ALL = "User-agent: *\nDisallow:\n";

const previewGroup = previewFetchers.map((name) => `User-agent: ${name}\n`).join("");
const ADMIT_PREVIEWS = `${previewGroup}Disallow:\n\nUser-agent: *\nDisallow: /\n`;
