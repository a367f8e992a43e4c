import { codeOf, type Law, type SourceFile } from "./source.ts";

/** Files whose strings are not for people, and why. */
const exceptions: readonly (readonly [path: RegExp, reason: string])[] = [
  [/^src\/database\//, "SQL"],
  [/^src\/telemetry\//, "names and help of metrics, which dashboards read, and fields of the log"],
  [/^src\/cli\/cli\.ts$/, "names of commands"],
  [/^src\/cli\/commands\/completion\/completion-scripts\.ts$/, "lines of shell scripts"],
  [/^src\/http\/re(quest\/cookies|sponse\/.*)\.ts$/, "values of headers"],
  [/^src\/os\/disk\.ts$/, "proper names of file systems"],
  [/^src\/api\/.*-(schema|operations)\.ts$/, "the descriptions of the OpenAPI document"],
  [/^src\/http\/urls(\/.*)?\.ts$/, "the lines of docs/urls.md"],
  [/^src\/http\/proxy-check\/proxy-advice\.ts$/, "lines of proxies' configuration files"],
  [/^src\/server\/doctor\/proxy-checks\.ts$/, "lines of proxies' configuration files"],
  [/^src\/server\/nginx\//, "the text of a configuration file"],
  [/^src\/config\/values\/themes\.ts$/, "proper names of themes"],
  [/^src\/web\/(static\/themes\/|links\/list\/card-labels\.ts$)/, "style sheets"],
  [/^src\/visits\/(user-agent|referrer)\.ts$/, "proper names of browsers, systems and apps"],
  [/^src\/pages\/(markdown|sanitize)\//, "HTML and its attributes"],
  [/^src\/links\/short-code\.ts$/, "reserved short codes"],
  [/^src\/files\/media\/media-type\.ts$/, "file extensions and media types"],
  [/^src\/audit\/audit-event\.ts$/, "the stored name of the operator"],
];

/** Modules whose texts are still in their code; to be empty. */
const notYetMoved = /^src\/(app\.ts|cli\/(read-password|commands\/(remove-user|user-commands)))/;

const STRINGS = /"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g;

/** Commands to run, parts of a query, values of HTTP headers and meta elements, markup, and paths of SVG drawings. */
const NOTATIONS: readonly RegExp[] = [
  /^trunk8 /,
  /^(is not|not in|[\w."]+ as \w+)$/,
  /^(?=.*[-=/])[a-z-]+(\/[a-z-]+|=[\w-]+)?([;,] [a-z-]+(=[\w-]+)?)+$/,
  /^<(!DOCTYPE|svg|symbol)\b/,
  /^M\S+( \S+)*$/,
];

const TWO_WORDS = /[A-Za-z]{2,}[,;:]? [A-Za-z]{2,}/;
const ONE_SENTENCE = /^[A-Z][a-z]+[.?!]?$/;

/** Texts for people are in catalogues: elsewhere, no string has two words, or one that is capitalised. */
export const textsAreInCatalogues: Law = (files) =>
  files
    .filter(isJudged)
    .flatMap((file) => findTexts(codeOf(file)).map((text) => `${file.path} says "${text}"`));

function isJudged({ path }: SourceFile): boolean {
  if (!/\.tsx?$/.test(path) || /\/text\.\w+\.ts$/.test(path)) return false;
  return !notYetMoved.test(path) && !exceptions.some(([pattern]) => pattern.test(path));
}

function findTexts(code: string): string[] {
  return [...code.matchAll(STRINGS)]
    .filter(({ index }) => !isForPrograms(code.slice(Math.max(0, index - 300), index)))
    .flatMap((match) => {
      const text = (match[1] ?? match[2] ?? match[3] ?? "").replace(/\$\{[^}]*\}/g, "X");
      return /\bhtml$/.test(code.slice(0, match.index)) ? textsOfMarkup(text) : [text];
    })
    .filter((text) => TWO_WORDS.test(text) || ONE_SENTENCE.test(text))
    .filter((text) => !NOTATIONS.some((notation) => notation.test(text)));
}

/** What people read of a template: the text between its tags, and attributes that are read out or shown. */
function textsOfMarkup(markup: string): string[] {
  const shown = markup.matchAll(/\b(?:aria-label|title|alt|placeholder)="([^"]*)"/g);
  return [...markup.split(/<[^<>]*>/), ...[...shown].map(([, text = ""]) => text)].map((text) =>
    text.trim(),
  );
}

/** Whether the code before a string makes it a class, a log line, an internal error, SQL or the name of a header. */
function isForPrograms(before: string): boolean {
  return (
    /(\bsynopsis|\bformerName|\bclass|\brel|\bfrom|\bimport):? ?$/.test(before) ||
    /\bclass: [^,\n]*$|_CLASS = $|\b(aria-\w+by|hx-\w+)"?: $/.test(before) ||
    /\bsql$/.test(before) ||
    /\bnew Error\($/.test(before) ||
    /\blog(ger)?\??\.(trace|debug|info|warn|error|fatal)\([^;]*$/.test(before) ||
    /\bthis\.name = $|\.(test|match|has|get|set|append|is|includes|startsWith|endsWith)\($/.test(
      before,
    )
  );
}
