import { posix } from "node:path";
import type { Law, SourceFile } from "./source.ts";

/** A word or phrase that must not be used, and what to write instead. */
interface Phrase {
  readonly pattern: RegExp;
  readonly instead: string;
  /** "prose": comments, texts and documents. "shown": texts and documents. "code": everything, names included. */
  readonly where: "prose" | "shown" | "code";
}

function prose(pattern: RegExp, instead: string): Phrase {
  return { pattern, instead, where: "prose" };
}

function shown(pattern: RegExp, instead: string): Phrase {
  return { pattern, instead, where: "shown" };
}

function code(pattern: RegExp, instead: string): Phrase {
  return { pattern, instead, where: "code" };
}

export const phrases: readonly Phrase[] = [
  prose(
    /\b(whoever|(?<!-)whom|nobody|somebody)('s)?\b/gi,
    "the process, request, row or user meant",
  ),
  prose(/\bstrangers?\b/gi, "visitor; not signed in"),
  prose(/\b(rooms?|houses?|doors?|storeys?)\b/gi, "module, layer, entry point; storage, quota"),
  prose(/\b(nouns?|verbs?)\b/gi, "domain module; operation"),
  prose(/\b(leads?|leading|led) to\b/gi, "redirects to, points to; causes"),
  prose(
    /\b(gives(?!( it| them)? up)|tells|told|came)\b/gi,
    "returns, reports, receives, comes from",
  ),
  prose(/\b(mend(s|ed|ing)?|put(s|ting)? right)\b/gi, "fix"),
  prose(/\b(dies|died|dying|deaths?|bury|buries|buried|farewell|inherited)\b/gi, "exits, crashed"),
  prose(/\bdead\b(?! (process|worker|thread))/gi, "crashed, exited"),
  prose(/\b(heirs?|estates?|deeds?|things?|whence|knocks?)\b/gi, "new owner, action, resource"),
  prose(/\b(lies|lay|lain) (in|on|at|there|beside|here)\b/gi, "is in, is stored in"),
  prose(/\b(switch(ed|es|ing)?) (off|it on)\b/gi, "disable, enable"),
  prose(
    /\b(act(s|ed|ing)? in|in) (their|another's|the owner's|a user's|whose) place\b/gi,
    "impersonate",
  ),
  prose(/\b(mov(e|es|ed|ing)) in\b(?! (the|a|one|place))/gi, "import"),
  prose(
    /\b(hand(s|ed|ing)? (it |them )?(over|out|away)|g[ai]v(e|en|ing) away)\b/gi,
    "transfer, serve",
  ),
  prose(
    /\b(as is wanted|none of ours|is held to be|what is none|fresh proof|anew)\b/gi,
    "plain words",
  ),
  prose(/\bwhat was done\b|\brecord of who\b|\ball that was done\b/gi, "activity log, audit log"),
  shown(/\bstanding\b/gi, "status"),
  shown(/\bany (number|size)\b(?! of)/gi, "unlimited"),
  shown(/\bfor (good|now)\b/gi, "permanent, temporary; forever"),
  shown(/\bsince the beginning\b/gi, "all time"),
  shown(/\b(keep|kept) out\b|\blet in again\b/gi, "disable, enable"),
  shown(
    /\b(make|makes|made|making) (a |an |the |its |new |example |short |several )*(links?|accounts?|users?|backups?|keys?)\b/gi,
    "create",
  ),
  code(
    /\b(Deed|Thing|Whence|Estate|ShortWay|Ground|heir|surroundings|knock|mend)\b/g,
    "Action, Resource, BackLink, RemovalSummary, CachedPage, PageContext, newOwner",
  ),
];

/** Files that may use such words, and why. */
const exceptions: Readonly<Record<string, string>> = {
  "src/database/migrations/0012-job-names.ts": "the former names of jobs",
  "src/database/migrations/0019-lookups.ts": "names of stored columns",
  "src/jobs/jobs.ts": "the former names of jobs",
};

export interface FoundPhrase {
  readonly path: string;
  readonly line: number;
  readonly phrase: string;
  readonly instead: string;
}

/** No phrase of the list in comments, texts, names and documents. */
export const wordsArePlain: Law = (files) =>
  findPhrases(files).map(({ path, phrase }) => `${path} has "${phrase}"`);

/** Every use of one of the phrases. */
export function findPhrases(files: readonly SourceFile[]): FoundPhrase[] {
  const judged = files.filter(({ path }) => exceptions[path] === undefined);
  return judged.flatMap((file) => {
    const texts = { code: file.text, prose: proseOf(file), shown: shownOf(file) };
    return phrases
      .flatMap(({ pattern, instead, where }) =>
        [...texts[where].matchAll(pattern)].map((match) => ({
          path: file.path,
          line: texts[where].slice(0, match.index).split("\n").length,
          phrase: match[0].replace(/\s+/g, " "),
          instead,
        })),
      )
      .sort((one, other) => one.line - other.line);
  });
}

function shownOf(file: SourceFile): string {
  const { path } = file;
  return path.endsWith(".md") || /^text\.\w+\.ts$/.test(posix.basename(path)) ? proseOf(file) : "";
}

/** The text with everything blank that is not prose: code, and names between backticks. */
function proseOf({ path, text }: SourceFile): string {
  if (path.endsWith(".md")) return text.replace(/`[^`\n]+`/g, blank);
  const kept = [...text.matchAll(COMMENTS_AND_STRINGS)].filter(([found]) => / /.test(found.trim()));
  let result = "";
  for (const { 0: found, index } of kept) {
    const withoutNames = found.startsWith("`") ? found : found.replace(/`[^`\n]+`/g, blank);
    result += blank(text.slice(result.length, index)) + withoutNames;
  }
  return result;
}

const COMMENTS_AND_STRINGS =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g;

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}
