import { z } from "zod";
import { text } from "../text.en.ts";

const name = z.string({ error: () => text.tags.noneGiven }).trim();

/** One change of a tag in all links that have it; `owner` is an account, for administrators. */
export const tagChangeSchema = z.discriminatedUnion(
  "action",
  [
    z.strictObject({ action: z.literal("rename"), tag: name, to: name, owner: name.nullish() }),
    z.strictObject({ action: z.literal("merge"), tag: name, to: name, owner: name.nullish() }),
    z.strictObject({ action: z.literal("delete"), tag: name, owner: name.nullish() }),
  ],
  { error: () => text.bulk.noAction },
);

export type TagChange = z.output<typeof tagChangeSchema>;
