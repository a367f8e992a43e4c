import { catalogue } from "../text/catalogue.ts";
import { formatCount } from "../text/format.ts";

/** Texts of rate limits. */
export const text = catalogue({
  exceeded: (perMinute: number) =>
    `Rate limit exceeded (${formatCount(perMinute)} requests per minute).`,
  workExceeded:
    "Rate limit exceeded: too many previews, file views, QR codes or thumbnails within a minute.",
});
