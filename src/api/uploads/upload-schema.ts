import { z } from "zod";

/** An upload in answers. */
export const uploadSchema = z
  .strictObject({
    id: z.string(),
    url: z.string().describe("Where its bytes are sent to."),
    name: z.string(),
    length: z.int().nullable().describe("Null: not known yet."),
    offset: z.int().describe("How many bytes are stored."),
    is_complete: z.boolean(),
    purpose: z
      .enum(["link", "hold", "partial"])
      .describe(
        "`hold`: it waits for a request that names it; `partial`: for one that joins it with others.",
      ),
    short_code: z.string().nullable().describe("Of the link that was created with it."),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime().describe("When it is deleted, unless it goes on before."),
  })
  .meta({ id: "Upload" });

export const uploadListSchema = z
  .strictObject({ items: z.array(uploadSchema) })
  .meta({ id: "Uploads" });

export const uploadListQuery = z.strictObject({
  metadata: z
    .string()
    .optional()
    .describe("Only those with exactly this `Upload-Metadata`, by which a client finds its own."),
});
