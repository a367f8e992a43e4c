import { z } from "zod";
import { kinds } from "../../links/link.ts";

/** A deleted link in answers. */
export const trashedLinkSchema = z
  .strictObject({
    trashed_code: z.string().describe("Names the link in the trash."),
    short_code: z.string().describe("The short code that visitors knew."),
    kind: z.enum(kinds),
    target: z.string().nullable(),
    file_name: z.string().nullable(),
    title: z.string(),
    tags: z.array(z.string()),
    deleted_at: z.iso.datetime(),
    kept_until: z.iso.datetime().describe("Then it is deleted permanently."),
  })
  .meta({ id: "TrashedLink" });

export const restoreBody = z
  .strictObject({
    short_code: z
      .string()
      .nullish()
      .describe("Another short code, where the former one is used again."),
  })
  .meta({ id: "LinkRestore" });
