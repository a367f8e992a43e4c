import sanitizeHtml, { type Attributes, type Transformer } from "sanitize-html";
import { ALLOWED } from "./allowlist.ts";
import { isSafeSourceSet, isSafeUrl } from "./safe-url.ts";
import type { Made } from "./trusted-html.ts";

export interface SanitizeOptions {
  /** Whether links ask search engines not to follow them. */
  readonly nofollow: boolean;
}

/** Before every id of a document and every link to one: none of them is an id of our page, or a DOM property. */
export const ID_PREFIX = "doc-";

/**
 * Leaves of a document's HTML what ALLOWED names, so that nothing in it runs, sends, covers or imitates. What we
 * made for it is put in where a text stands.
 */
export function sanitize(html: string, { nofollow }: SanitizeOptions, made: Made): string {
  return sanitizeHtml(html, {
    ...ALLOWED,
    textFilter: (text) => made.fillIn(text),
    transformTags: {
      "*": (tagName, attribs) => ({ tagName, attribs: cleanAttributes(attribs) }),
      a: adding((attribs) => linkAttributes(attribs, nofollow)),
      audio: adding(() => PLAYER),
      img: adding((attribs) => ({ alt: "", ...attribs, ...PICTURE })),
      input: (tagName, attribs) => ({ tagName, attribs: taskBox(attribs) }),
      pre: adding(() => ({ tabindex: "0" })),
      table: adding(() => ({ class: "table" })),
      video: adding(() => PLAYER),
    },
  });
}

const PICTURE: Attributes = { class: "img-fluid", loading: "lazy", decoding: "async" };
const PLAYER: Attributes = { controls: "controls", preload: "metadata" };

/** A transformer that adds attributes to the author's; ours win. */
function adding(ours: (attribs: Attributes) => Attributes): Transformer {
  return (tagName, attribs) => ({ tagName, attribs: { ...attribs, ...ours(attribs) } });
}

function linkAttributes({ href = "" }: Attributes, nofollow: boolean): Attributes {
  if (href.startsWith("#")) return { rel: "" };
  return { rel: nofollow ? "noopener nofollow" : "noopener" };
}

/** Whatever field an author writes, a box that shows whether something is done is all that comes of it. */
function taskBox({ checked }: Attributes): Attributes {
  const state =
    checked === undefined ? { "aria-label": "To do" } : { "aria-label": "Done", checked };
  return { type: "checkbox", disabled: "disabled", ...state };
}

function cleanAttributes(attribs: Attributes): Attributes {
  const cleaned: Attributes = {};
  for (const [name, value] of Object.entries(attribs)) {
    const clean = cleanValue(name, value.replaceAll(/\0\d*/g, ""));
    if (clean !== null) cleaned[name] = clean;
  }
  return cleaned;
}

function cleanValue(name: string, value: string): string | null {
  switch (name) {
    case "id":
      return ID_PREFIX + value;
    case "href":
      if (value.startsWith("#") && value.length > 1) return `#${ID_PREFIX}${value.slice(1)}`;
      return isSafeUrl(name, value) ? value : null;
    case "src":
    case "poster":
      return isSafeUrl(name, value) ? value : null;
    case "srcset":
      return isSafeSourceSet(value) ? value : null;
    default:
      return value;
  }
}
