import sanitizeHtml, { type Attributes, type Tag, type Transformer } from "sanitize-html";
import { text } from "../text.en.ts";
import { ALLOWED, REPLACED, TEXT_BLOCKS } from "./allowlist.ts";
import { isSafeSourceSet, isSafeUrl } from "./safe-url.ts";
import type { TrustedHtml } from "./trusted-html.ts";

export interface SanitizeOptions {
  /** Whether links are marked as nofollow for search engines. */
  readonly nofollow: boolean;
}

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
      ...REPLACED,
      "*": (tagName, attribs) => ({ tagName, attribs: finish(tagName, attribs) }),
      a: (_, attribs) => link(attribs, nofollow),
      audio: adding(() => PLAYER),
      img: adding((attribs) => ({ alt: "", ...attribs, ...PICTURE })),
      input: (_, attribs) => taskBox(attribs),
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

/** The name of an element that is removed, with its text kept. */
const REMOVED = "";

/** A link, or its text alone if it has neither a safe URL nor an anchor. */
function link(attribs: Attributes, nofollow: boolean): Tag {
  const { href = null, id, name } = attribs;
  const address = href === null ? null : cleanValue("href", href);
  if (address === null && id === undefined && name === undefined)
    return { tagName: REMOVED, attribs: {} };
  const isElsewhere = address !== null && !address.startsWith("#");
  return { tagName: "a", attribs: { ...attribs, rel: isElsewhere ? relOf(nofollow) : "" } };
}

function relOf(nofollow: boolean): string {
  return nofollow ? "noopener nofollow" : "noopener";
}

/** A disabled task checkbox; other input fields are removed. */
function taskBox({ type = "text", checked }: Attributes): Tag {
  if (type.trim().toLowerCase() !== "checkbox") return { tagName: REMOVED, attribs: {} };
  const state =
    checked === undefined
      ? { "aria-label": text.task.open }
      : { "aria-label": text.task.done, checked };
  return { tagName: "input", attribs: { type: "checkbox", disabled: "disabled", ...state } };
}

function finish(tagName: string, attribs: Attributes): Attributes {
  const cleaned = cleanAttributes(attribs);
  const isUndirected = TEXT_BLOCKS.has(tagName) && cleaned.dir === undefined;
  return isUndirected ? { dir: "auto", ...cleaned } : cleaned;
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
    case "href":
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
