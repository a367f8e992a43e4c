import { z } from "zod";
import { fieldNameOf, requireObject } from "../../parse-input.ts";
import { invalid, Problem } from "../../problem.ts";
import type { Wanted } from "../create/existing-links.ts";
import type { Link } from "../link.ts";
import { text } from "../text.en.ts";
import {
  type InputContext,
  type LinkChanges,
  linkChangesSchema,
  type NewLink,
  newLinkSchema,
  parseLinkChanges,
  parseNewLink,
} from "./link-schema.ts";

const content = z.string({ error: () => text.input.noText }).nullish();

const findIfExists = z.boolean({ error: () => text.input.noBoolean }).nullish();

const newLinkShape = { ...newLinkSchema.shape, findIfExists, content };
const changesShape = { ...linkChangesSchema.shape, content };

/** For the table of routes; `parseNewLinkJson` and `parseLinkChangesJson` report all faults at once. */
export const newLinkJsonSchema = z.strictObject(newLinkShape);
export const linkChangesJsonSchema = z.strictObject(changesShape);

/** A new link from JSON, and which of its keys an existing link must match to be returned instead; null: none may. */
export interface NewLinkJson extends WithContent<NewLink> {
  readonly wanted: readonly Wanted[] | null;
}

/** What a JSON object asks for; `content` is the text that becomes the link's content, null where there is none. */
export interface WithContent<Input> {
  readonly input: Input;
  readonly content: string | null;
}

/**
 * Checks a new link from JSON, with keys in snake case. Its content may be a file that comes another way.
 * @throws Problem `invalid` with a message for every refused field
 */
export function parseNewLinkJson(
  body: unknown,
  context: InputContext,
  { hasFile = false, hasFiles = false } = {},
): NewLinkJson {
  const { content, findIfExists: finds, ...fields } = readObject(newLinkShape, body);
  const hasContent = hasFile || typeof content === "string";
  const input = parseNewLink(fields, context, { hasContent, hasFiles });
  const { error } = findIfExists.safeParse(finds);
  if (error) throw invalid("find_if_exists", text.input.noBoolean);
  if (finds && input.kind !== "redirect") throw invalid("find_if_exists", text.input.onlyRedirects);
  const wanted = finds ? (Object.keys(fields) as Wanted[]) : null;
  return { input, content: content ?? null, wanted };
}

/**
 * Checks changes of `link` from JSON: an absent key keeps its value, null clears it.
 * @throws Problem `invalid` with a message for every refused field
 */
export function parseLinkChangesJson(
  body: unknown,
  link: Link,
  context: InputContext,
): WithContent<LinkChanges> {
  const { content, ...fields } = readObject(changesShape, body);
  const hasContent = typeof content === "string";
  const input = parseLinkChanges(fields, link, context, { hasContent });
  return { input, content: content ?? null };
}

/** The object with its keys in camel case; the operation checks the values, but for `content`, which is none of its. */
function readObject<Shape extends { content: typeof content }>(
  shape: Shape,
  body: unknown,
): Partial<z.input<z.ZodObject<Shape>>> {
  const keys = new Map(Object.keys(shape).map((key) => [fieldNameOf(key), key]));
  const given = new Map(Object.entries(requireObject(body)));
  const unknown = [...given.keys()].filter((name) => !keys.has(name));
  const faults = Object.fromEntries(unknown.map((name) => [name, text.input.unknownField]));
  const { error } = shape.content.safeParse(given.get("content"));
  if (error) faults.content = text.input.noText;
  if (Object.keys(faults).length > 0)
    throw new Problem("invalid", text.input.unknownField, { fields: faults });
  const entries = [...given].map(([name, value]) => [keys.get(name) ?? name, value]);
  return Object.fromEntries(entries);
}
