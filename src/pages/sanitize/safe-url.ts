/** What a link may lead to. */
const LINK_SCHEMES: readonly string[] = ["http:", "https:", "ftp:", "mailto:", "tel:", "xmpp:"];
const MEDIA_SCHEMES: readonly string[] = ["http:", "https:"];

/** Pictures that are nothing but pixels: SVG can hold a script. */
const PICTURE = /^data:image\/(avif|gif|jpeg|png|webp)[;,]/i;

const HERE = "https://here.invalid";

/**
 * May this stand in `attribute`? It is read as a browser reads it, by the WHATWG parser, so a scheme that is
 * disguised by spaces, tabs or capitals shows; what is invisible before it is left out, to be on the safe side.
 */
export function isSafeUrl(attribute: string, value: string): boolean {
  const url = URL.parse(value.replace(/^[\s\p{C}]+/u, ""), HERE);
  if (url === null) return false;
  if (attribute === "href") return LINK_SCHEMES.includes(url.protocol);
  return MEDIA_SCHEMES.includes(url.protocol) || PICTURE.test(url.href);
}

const CANDIDATE = /^(\S+)(?:\s+\d+(?:\.\d+)?[wx])?$/;

/** The same of a `srcset`, which lists URLs with the width or density that each is for. */
export function isSafeSourceSet(value: string): boolean {
  return value.split(",").every((candidate) => {
    const url = CANDIDATE.exec(candidate.trim())?.[1];
    return url !== undefined && isSafeUrl("srcset", url);
  });
}
