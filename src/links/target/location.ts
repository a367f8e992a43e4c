declare const brand: unique symbol;

/** A URI (RFC 3986) for the Location header. */
export type Location = string & { readonly [brand]: "Location" };

const ESCAPE = "%[0-9a-f]{2}";
const SEGMENTS = `(?:[\\w.~!$&'()*+,;=:@/-]|${ESCAPE})*`;
const QUERY = `(?:[\\w.~!$&'()*+,;=:@/?-]|${ESCAPE})*`;
const USER = `(?:[\\w.~!$&'()*+,;=:-]|${ESCAPE})*@`;
const HOST = "(?:[\\w.-]+|\\[[0-9a-f:.]+\\])(?::\\d+)?";

/** A web address that all clients read alike. */
const PLAIN = new RegExp(
  `^https?://(?:${USER})?${HOST}(?:/${SEGMENTS})?(?:\\?${QUERY})?(?:#${QUERY})?$`,
  "i",
);

/** Segments `.` and `..` with an encoded dot: not every client resolves them. */
const DOTS = /\/(?:%2e|\.%2e|%2e\.|%2e%2e)(?:[/?#]|$)/i;

const PARTS = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)?([^#]*)(?:#(.*))?$/is;
const NOT_IN_AUTHORITY = /%(?![0-9a-f]{2})|[^\w.~!$&'()*+,;=:@/[\]%-]+/gi;
const NOT_IN_REST = /%(?![0-9a-f]{2})|[^\w.~!$&'()*+,;=:@/?%-]+/gi;

/**
 * Returns a destination, or a path of this site, as a valid URI that browsers read as they read the destination:
 * hosts in punycode, everything else percent-encoded. What is valid already stays as it was entered.
 */
export function locationOf(destination: string): Location {
  if (PLAIN.test(destination) && !DOTS.test(destination)) return destination as Location;
  const read = URL.parse(destination)?.href ?? destination.toWellFormed();
  const [, authority = "", rest = "", fragment] = PARTS.exec(read) ?? [];
  const encoded = encode(authority, NOT_IN_AUTHORITY) + encode(rest, NOT_IN_REST);
  if (fragment === undefined) return encoded as Location;
  return `${encoded}#${encode(fragment, NOT_IN_REST)}` as Location;
}

function encode(text: string, illegal: RegExp): string {
  return text.replace(illegal, encodeURIComponent);
}
