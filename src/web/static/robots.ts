import type { Handler } from "../../http/call.ts";
import { siteText } from "../../http/response/site-file.ts";

/** `GET /robots.txt` (RFC 9309): disallows everything, unless links may be indexed. */
export const robots: Handler = (call) => {
  const disallowed = call.settings["links.indexed"] ? "" : " /";
  return siteText(`User-agent: *\nDisallow:${disallowed}\n`, {
    call,
    cacheControl: "public, max-age=3600",
  });
};
