import { z } from "zod";
import { parseInput } from "../../parse-input.ts";
import { invalid } from "../../problem.ts";
import type { LinksAction } from "../bulk/many-links.ts";
import { type ExpiryContext, parseExpiry } from "../expiry.ts";
import { kinds, linkStatuses } from "../link.ts";
import { tagModes } from "../list/list-query.ts";
import { parseTags } from "../tags/tag-names.ts";
import { text } from "../text.en.ts";

/** Most links that one request changes. */
const MAX_CODES = 1000;

/** Short codes of some links. */
export const codesSchema = z
  .array(z.string({ error: () => text.bulk.noCodes }), { error: () => text.bulk.noCodes })
  .transform((given) => [...new Set(given.map((code) => code.trim()).filter((code) => code))])
  .refine((given) => given.length > 0, { error: () => text.bulk.noCodes })
  .refine((given) => given.length <= MAX_CODES, { error: () => text.bulk.tooMany(MAX_CODES) });

const tags = z
  .array(z.string(), { error: () => text.tags.noneGiven })
  .min(1, { error: () => text.tags.noneGiven });
/** The links of a list, by its filters; an absent one excludes none. */
const filterSchema = z.strictObject({
  q: z.string().optional(),
  kind: z.enum(kinds).optional(),
  status: z.enum(linkStatuses).optional(),
  /** As in the address of a list: several with commas between them. */
  tag: z.string().optional(),
  tags: z.enum(tagModes).optional(),
  owner: z.string().optional(),
});

/** Either `codes` or the `filter` of a list; an empty filter means all links. */
const which = { codes: codesSchema.optional(), filter: filterSchema.optional() };

/** One change of several links. */
export const bulkChangeSchema = z.discriminatedUnion(
  "action",
  [
    z.strictObject({ action: z.literal("delete"), ...which }),
    z.strictObject({ action: z.literal("enable"), ...which }),
    z.strictObject({ action: z.literal("disable"), ...which }),
    z.strictObject({
      action: z.literal("expire"),
      ...which,
      /** As in a new link; null: never. Absent is refused, so that nothing removes an expiry by accident. */
      expiresAt: z.union([z.int(), z.string()], { error: () => text.bulk.noExpiry }).nullable(),
    }),
    z.strictObject({ action: z.literal("add_tags"), ...which, tags }),
    z.strictObject({ action: z.literal("remove_tags"), ...which, tags }),
    z.strictObject({
      action: z.literal("transfer"),
      ...which,
      /** The username of the new owner. */
      to: z
        .string({ error: () => text.bulk.noNewOwner })
        .trim()
        .min(1, { error: () => text.bulk.noNewOwner }),
    }),
    z.strictObject({
      action: z.literal("undo"),
      /** The `undo` of the change that is taken back: milliseconds since 1970 UTC. */
      undo: z.int({ error: () => text.bulk.noUndo }),
    }),
  ],
  { error: () => text.bulk.noAction },
);

type Parsed = z.output<typeof bulkChangeSchema>;

/** An action before its times and tags are read. */
type GivenAction = DistributiveOmit<Exclude<Parsed, UndoChange>, "codes" | "filter">;

type DistributiveOmit<All, Keys extends PropertyKey> = All extends unknown
  ? Omit<All, Keys>
  : never;

/** The filters of a list whose links all change. */
export type BulkFilter = z.output<typeof filterSchema>;

/** The links that change: those of some short codes, or all of a list. */
export type Which = { readonly codes: readonly string[] } | { readonly filter: BulkFilter };

/** What is done to them; `expiresAt` is in milliseconds since 1970 UTC. */
export type BulkAction =
  | { readonly action: "delete" | "enable" | "disable" }
  | { readonly action: "expire"; readonly expiresAt: number | null }
  | { readonly action: "add_tags" | "remove_tags"; readonly tags: readonly string[] }
  | { readonly action: "transfer"; readonly to: string };

/** A checked change. */
export type BulkChange = (BulkAction & { readonly which: Which }) | UndoChange;
type UndoChange = Extract<Parsed, { action: "undo" }>;

/**
 * Checks a change of several links.
 * @throws Problem `invalid` with a message for every refused field
 */
export function parseBulkChange(input: unknown, context: ExpiryContext): BulkChange {
  const change = parseInput(bulkChangeSchema, input);
  if (change.action === "undo") return change;
  const { codes, filter, ...action } = change;
  return { ...checkedAction(action, context), which: whichOf(codes, filter) };
}

/**
 * Checks what is done to links, without which they are.
 * @throws Problem as `parseBulkChange`
 */
export function parseBulkAction(input: object, context: ExpiryContext): BulkAction {
  const change = parseInput(bulkChangeSchema, input);
  if (change.action === "undo") throw invalid("action", text.bulk.noAction);
  return checkedAction(change, context);
}

function checkedAction(action: GivenAction, context: ExpiryContext): BulkAction {
  if (action.action === "add_tags" || action.action === "remove_tags")
    return { ...action, tags: parseTags(action.tags) };
  if (action.action !== "expire") return action;
  const { expiresAt } = action;
  const moment = expiresAt === null ? null : parseExpiry(expiresAt, "expires_at", context);
  return { ...action, expiresAt: moment };
}

/** What an action does to links. */
export function actionOf(change: BulkAction): LinksAction {
  switch (change.action) {
    case "delete":
      return { deletes: true };
    case "enable":
    case "disable":
      return { change: { disabled: change.action === "disable" } };
    case "expire":
      return { change: { expiresAt: change.expiresAt } };
    case "transfer":
      return { to: change.to };
    case "add_tags":
      return { tags: { added: change.tags } };
    case "remove_tags":
      return { tags: { removed: change.tags } };
  }
}

function whichOf(codes: string[] | undefined, filter: BulkFilter | undefined): Which {
  if (codes !== undefined && filter !== undefined) throw invalid("filter", text.bulk.codesOrFilter);
  if (filter !== undefined) return { filter };
  if (codes === undefined) throw invalid("codes", text.bulk.noCodes);
  return { codes };
}
