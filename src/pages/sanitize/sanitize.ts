import sanitizeHtml, { type Attributes, type Transformer } from "sanitize-html";
import { text } from "../text.en.ts";
import { ALLOWED } from "./allowlist.ts";
import { isSafeSourceSet, isSafeUrl } from "./safe-url.ts";
import type { TrustedHtml } from "./trusted-html.ts";

export interface SanitizeOptions {
  /** Whether links are marked as nofollow for search engines. */
  readonly nofollow: boolean;
}

/** Prefix of every id of a document: none collides with an id of our page or a DOM property. */
export const ID_PREFIX = "doc-";

/**
 * Keeps only the HTML that ALLOWED lists, so that nothing in a document runs scripts, submits forms, covers or imitates
 * the page. Trusted HTML replaces its placeholders.
 */
export function sanitize(
  html: string,
  { nofollow }: SanitizeOptions,
  trusted: TrustedHtml,
): string {
  return sanitizeHtml(html, {
    ...ALLOWED,
    textFilter: (content) => trusted.fillIn(content),
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

/** A transformer that adds attributes and overrides the author's. */
function adding(ours: (attribs: Attributes) => Attributes): Transformer {
  return (tagName, attribs) => ({ tagName, attribs: { ...attribs, ...ours(attribs) } });
}

function linkAttributes({ href = "" }: Attributes, nofollow: boolean): Attributes {
  if (href.startsWith("#")) return { rel: "" };
  return { rel: nofollow ? "noopener nofollow" : "noopener" };
}

/** Turns any input field into a disabled task checkbox. */
function taskBox({ checked }: Attributes): Attributes {
  const state =
    checked === undefined
      ? { "aria-label": text.task.open }
      : { "aria-label": text.task.done, checked };
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
