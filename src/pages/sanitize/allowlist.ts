import type { IOptions } from "sanitize-html";

const words = (text: string): string[] => text.split(" ");

/** Allowed elements. Forms, frames, scripts, styles, SVG and MathML are not. */
const TAGS = [
  "h1 h2 h3 h4 h5 h6 p div section blockquote pre hr br details summary figure figcaption",
  "ul ol li dl dt dd table caption colgroup col thead tbody tfoot tr th td",
  "a abbr b bdi bdo cite code del dfn em i ins kbd mark q rp rt ruby s samp small span strike strong",
  "sub sup time tt u var wbr img picture source audio video input",
].flatMap(words);

const SIZE = ["width", "height"];

/** Classes that our renderer uses: with the site's own, a document could cover or imitate a page. */
const CLASSES: NonNullable<IOptions["allowedClasses"]> = {
  a: ["heading-anchor", "footnote-backref"],
  code: [/^language-\S+$/],
  div: ["callout", /^callout-(note|tip|important|warning|caution)$/],
  hr: ["footnotes-sep"],
  img: ["img-fluid"],
  li: ["footnote-item", "task-list-item"],
  ol: ["contains-task-list", "footnotes-list"],
  p: ["callout-title"],
  section: ["footnotes"],
  span: [/^hljs-[\w-]+$/, /^[a-z]+_+$/],
  sup: ["footnote-ref"],
  table: ["table"],
  ul: ["contains-task-list"],
};

/** What stands for blocks that are not allowed, so that their text stays apart from that around them. */
export const REPLACED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    words(
      "address article aside center dialog fieldset footer form header hgroup legend main nav search",
    ).map((block) => [block, "div"]),
  ),
  dir: "ul",
  menu: "ul",
};

/** Blocks of text: each is written in the direction of its first letter. */
export const TEXT_BLOCKS: ReadonlySet<string> = new Set(
  words("h1 h2 h3 h4 h5 h6 p pre li dt dd caption figcaption summary td th"),
);

/** Allowed elements and attributes: all others are removed, and their text is kept. */
export const ALLOWED: IOptions = {
  allowedTags: TAGS,
  allowedClasses: CLASSES,
  allowedAttributes: {
    "*": ["id", "title", "lang", "dir", "align"],
    a: ["href", "name", "rel", "aria-label", word("aria-hidden", "true"), word("tabindex", "-1")],
    audio: ["src", "controls", "preload"],
    details: ["open"],
    div: [word("role", "note")],
    col: ["span"],
    colgroup: ["span"],
    img: ["src", "alt", "loading", "decoding", ...SIZE],
    input: ["type", "checked", "disabled", "aria-label"],
    li: ["value"],
    ol: ["start", "type", "reversed"],
    pre: ["tabindex"],
    source: ["src", "srcset", "media", "type", ...SIZE],
    td: ["colspan", "rowspan", "valign"],
    th: ["colspan", "rowspan", "valign", "scope"],
    time: ["datetime"],
    video: ["src", "poster", "controls", "preload", ...SIZE],
  },
  allowedSchemes: words("http https ftp mailto tel xmpp"),
  allowedSchemesByTag: {
    img: words("http https data"),
    source: words("http https"),
    audio: words("http https"),
    video: words("http https"),
  },
  allowedSchemesAppliedToAttributes: ["href", "src", "poster"],
  selfClosing: words("br col hr img input source wbr"),
  nonTextTags: words("script style textarea option xmp title noscript"),
  // Browsers nest at most 512 elements, and differ in what they do with the rest.
  nestingLimit: 256,
};

function word(name: string, value: string): { name: string; values: string[] } {
  return { name, values: [value] };
}
