import { z } from "zod";
import { parseShortCode } from "../short-code.ts";
import { text } from "../text.en.ts";
import { codesSchema } from "./bulk-schema.ts";

/** One change of a trash. */
export const trashChangeSchema = z.discriminatedUnion(
  "action",
  [
    z.strictObject({
      action: z.literal("recover"),
      codes: codesSchema,
      /** For one link: the short code that it gets instead of its own. */
      shortCode: z.string().nullish(),
    }),
    z.strictObject({
      action: z.literal("undo"),
      /** Milliseconds since 1970 UTC. */
      deletedAt: z.int({ error: () => text.trash.noDeletion }),
    }),
    z.strictObject({ action: z.literal("purge"), codes: codesSchema }),
    z.strictObject({ action: z.literal("empty"), owner: z.string().nullish() }),
  ],
  { error: () => text.bulk.noAction },
);

export type TrashChange = z.output<typeof trashChangeSchema>;

/**
 * The short code under which a link is recovered; undefined: its own.
 * @throws Problem `invalid` on `short_code`
 */
export function codeFor({ codes, shortCode }: Extract<TrashChange, { action: "recover" }>) {
  const given = shortCode?.trim() ?? "";
  return given === "" || codes.length > 1 ? undefined : parseShortCode(given);
}
