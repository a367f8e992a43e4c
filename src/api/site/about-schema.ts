import { z } from "zod";

/** What anyone may know of the API. */
export const aboutSchema = z
  .strictObject({
    name: z.literal("Trunk8"),
    version: z.string(),
    document: z.string().describe("URL of the OpenAPI document."),
    limits: z.strictObject({
      page_items: z.int().describe("Most items on a page of a list."),
      body_bytes: z.int().describe("Most bytes of a body of JSON with the text of a document."),
      file_bytes: z.int().nullable().describe("Most bytes of a file; null: unlimited."),
      requests_per_minute: z.int().nullable().describe("Of an account; null: unlimited."),
    }),
  })
  .meta({ id: "About" });
