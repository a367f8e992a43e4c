/** What a link may lead to. */
const LINK_SCHEMES: readonly string[] = ["http:", "https:", "ftp:", "mailto:", "tel:", "xmpp:"];
const MEDIA_SCHEMES: readonly string[] = ["http:", "https:"];

/** Pictures that are nothing but pixels: SVG can hold a script. */
const PICTURE = /^data:image\/(avif|gif|jpeg|png|webp)[;,]/i;

const HERE = "https://here.invalid";

/**
 * May this stand in `attribute`? It is read as a browser reads it, by the WHATWG parser, so a scheme that is
 * disguised by spaces, tabs or capitals shows.
 */
export function isSafeUrl(attribute: string, value: string): boolean {
  const url = URL.parse(value, HERE);
  if (url === null) return false;
  if (attribute === "href") return LINK_SCHEMES.includes(url.protocol);
  return MEDIA_SCHEMES.includes(url.protocol) || PICTURE.test(url.href);
}
