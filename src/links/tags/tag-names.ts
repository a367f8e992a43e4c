import { invalid } from "../../problem.ts";
import { foldText } from "../../text/fold-text.ts";
import { text } from "../text.en.ts";

/** Most tags of a link, and most characters of a tag. */
export const MAX_TAGS = 20;
const MAX_TAG = 50;

/** The name by which tags are compared: `foldText` and the shape of white space. */
export function foldTag(name: string): string {
  return foldText(name).replace(/\s+/gu, " ").trim();
}

/**
 * The tags of a link, in their order; of those that compare as equal, the first.
 * @throws Problem `invalid` on `tags`
 */
export function parseTags(given: readonly string[]): string[] {
  const tags = new Map<string, string>();
  for (const each of given) {
    const name = parseTag(each);
    const folded = foldTag(name);
    if (!tags.has(folded)) tags.set(folded, name);
  }
  if (tags.size > MAX_TAGS) throw refusal(text.tags.tooMany(MAX_TAGS));
  return inOrder([...tags.values()]);
}

/**
 * The name of a tag as it was typed, without white space around it.
 * @throws Problem `invalid` on `tags`
 */
export function parseTag(given: string): string {
  const name = given.trim().toWellFormed();
  if (/\p{Cc}/u.test(name)) throw refusal(text.tags.notPlain);
  if (name.includes(",")) throw refusal(text.tags.hasComma(name));
  if ([...name].length > MAX_TAG) throw refusal(text.tags.tooLong(MAX_TAG));
  if (foldTag(name) === "") throw refusal(text.tags.empty);
  return name;
}

/** Tags in a line of text, with commas between them. */
export function splitTags(line: string): string[] {
  return line
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/** The inverse of `splitTags`. */
export function joinTags(tags: readonly string[]): string {
  return tags.join(", ");
}

/** Whether two lists of tags in their order are the same tags, however they are typed. */
export function areSameTags(some: readonly string[], others: readonly string[]): boolean {
  return (
    some.length === others.length &&
    some.every((tag, at) => foldTag(tag) === foldTag(others[at] ?? ""))
  );
}

/** The tags of a link after some were added and others removed. @throws Problem `invalid` on `tags` */
export function changeTags(
  tags: readonly string[],
  { added = [], removed = [] }: TagChanges,
): string[] {
  const gone = new Set(removed.map(foldTag));
  return parseTags([...tags, ...added].filter((tag) => !gone.has(foldTag(tag))));
}

export interface TagChanges {
  readonly added?: readonly string[];
  readonly removed?: readonly string[];
}

/** The order in which databases sort the folded names: that of their bytes. */
function inOrder(tags: readonly string[]): string[] {
  const bytes = new Map(tags.map((tag) => [tag, Buffer.from(foldTag(tag))]));
  const none = Buffer.alloc(0);
  return [...tags].sort((a, b) => Buffer.compare(bytes.get(a) ?? none, bytes.get(b) ?? none));
}

function refusal(message: string) {
  return invalid("tags", message);
}
