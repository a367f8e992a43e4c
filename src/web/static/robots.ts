import type { Handler } from "../../http/call.ts";
import { siteText } from "../../http/response/site-file.ts";

/** `GET /robots.txt` (RFC 9309): nothing is to be searched, unless the links are to be found. */
export const robots: Handler = (call) => {
  const disallowed = call.settings["links.indexed"] ? "" : " /";
  return siteText(`User-agent: *\nDisallow:${disallowed}\n`, {
    call,
    cacheControl: "public, max-age=3600",
  });
};
