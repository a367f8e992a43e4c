import { z } from "zod";
import { kinds } from "../../links/link.ts";

/** What a link is or was, in answers. */
export const versionSchema = z
  .strictObject({
    version: z.int().describe("From 1 on; the current one has the greatest."),
    current: z.boolean(),
    since: z.iso.datetime(),
    by: z.string().nullable().describe("User name; null where it is not known."),
    kind: z.enum(kinds),
    target: z.string().nullable().describe("Destination of a redirect; null for other kinds."),
    content: z
      .strictObject({
        name: z.string(),
        type: z.string().describe("Media type."),
        size: z.int().describe("Bytes."),
        sha256: z.string().describe("In hexadecimal."),
      })
      .nullable(),
  })
  .meta({ id: "LinkVersion" });

export const versionsSchema = z
  .strictObject({ items: z.array(versionSchema).describe("The newest first.") })
  .meta({ id: "LinkVersions" });
