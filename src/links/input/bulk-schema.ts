import { z } from "zod";
import { parseInput } from "../../parse-input.ts";
import { type ExpiryContext, parseMoment } from "../expiry.ts";
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

/** One change of several links. */
export const bulkChangeSchema = z.discriminatedUnion(
  "action",
  [
    z.strictObject({ action: z.literal("delete"), codes: codesSchema }),
    z.strictObject({
      action: z.literal("expire"),
      codes: codesSchema,
      /** As in a new link; null: never. Absent is refused, so that nothing removes an expiry by accident. */
      expiresAt: z.union([z.int(), z.string()], { error: () => text.bulk.noExpiry }).nullable(),
    }),
    z.strictObject({ action: z.literal("add_tags"), codes: codesSchema, tags }),
    z.strictObject({ action: z.literal("remove_tags"), codes: codesSchema, tags }),
    z.strictObject({
      action: z.literal("transfer"),
      codes: codesSchema,
      /** The username of the new owner. */
      to: z
        .string({ error: () => text.bulk.noNewOwner })
        .trim()
        .min(1, { error: () => text.bulk.noNewOwner }),
    }),
  ],
  { error: () => text.bulk.noAction },
);

type Parsed = z.output<typeof bulkChangeSchema>;

/** A checked change; `expiresAt` is in milliseconds since 1970 UTC. */
export type BulkChange =
  | Exclude<Parsed, { action: "expire" }>
  | (Extract<Parsed, { action: "expire" }> & { readonly expiresAt: number | null });

/**
 * Checks a change of several links.
 * @throws Problem `invalid` with a message for every refused field
 */
export function parseBulkChange(input: unknown, context: ExpiryContext): BulkChange {
  const change = parseInput(bulkChangeSchema, input);
  if (change.action === "add_tags" || change.action === "remove_tags")
    return { ...change, tags: parseTags(change.tags) };
  if (change.action !== "expire") return change;
  const { expiresAt } = change;
  return {
    ...change,
    expiresAt: expiresAt === null ? null : parseMoment(expiresAt, "expires_at", context),
  };
}
