import type { Handler } from "../http/call.ts";
import { siteFile } from "../http/response.ts";

/** `GET /robots.txt` (RFC 9309): nothing is to be searched, unless the links are to be found. */
export const robots: Handler = (call) => {
  const disallowed = call.settings["links.indexed"] ? "" : " /";
  return siteFile(`User-agent: *\nDisallow:${disallowed}\n`, {
    call,
    type: "text/plain; charset=utf-8",
    cacheControl: "public, max-age=3600",
  });
};
