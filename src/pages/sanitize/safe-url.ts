/** Schemes of links. */
const LINK_SCHEMES: readonly string[] = ["http:", "https:", "ftp:", "mailto:", "tel:", "xmpp:"];
const MEDIA_SCHEMES: readonly string[] = ["http:", "https:"];

/** Raster images: SVG can contain scripts. */
const PICTURE = /^data:image\/(avif|gif|jpeg|png|webp)[;,]/i;

const HERE = "https://here.invalid";

/**
 * Whether `value` is safe in `attribute`. The WHATWG parser reads it as browsers do, so a scheme disguised by spaces,
 * tabs or capitals is seen; invisible characters before it are dropped.
 */
export function isSafeUrl(attribute: string, value: string): boolean {
  const url = URL.parse(value.replace(/^[\s\p{C}]+/u, ""), HERE);
  if (url === null) return false;
  if (attribute === "href") return LINK_SCHEMES.includes(url.protocol);
  return MEDIA_SCHEMES.includes(url.protocol) || PICTURE.test(url.href);
}

const CANDIDATE = /^(\S+)(?:\s+\d+(?:\.\d+)?[wx])?$/;

/** As `isSafeUrl`, for a `srcset`: a list of URLs, each with a width or density. */
export function isSafeSourceSet(value: string): boolean {
  return value.split(",").every((candidate) => {
    const url = CANDIDATE.exec(candidate.trim())?.[1];
    return url !== undefined && isSafeUrl("srcset", url);
  });
}
