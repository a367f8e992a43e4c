import { catalogue } from "../text/catalogue.ts";
import { formatCount } from "../text/format.ts";

/** Texts of rate limits. */
export const text = catalogue({
  exceeded: (perMinute: number) =>
    `Rate limit exceeded (${formatCount(perMinute)} requests per minute).`,
  tooSlow: "The form was sent too slowly. Try again over a faster connection.",
  tooManyForms: "Too many forms are being sent right now. Try again in a moment.",
  tooManyUploads: (most: number) =>
    `Too many uploads at a time: an account can send ${formatCount(most)}. Try again when one has finished.`,
  workExceeded:
    "Rate limit exceeded: too many previews, file views, QR codes or thumbnails within a minute.",
});
