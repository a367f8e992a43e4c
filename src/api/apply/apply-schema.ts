import { z } from "zod";
import { kinds } from "../../links/link.ts";

export const applyBody = z
  .strictObject({
    toml: z.string().min(1).describe("The text of a links.toml of at most 1,000 links."),
    dry_run: z.boolean().exactOptional().describe("Only say what would change."),
    prune: z
      .boolean()
      .exactOptional()
      .describe("Disable and expire the links that the file does not have, however many."),
  })
  .meta({ id: "LinksFile" });

export type ApplyBody = z.output<typeof applyBody>;

const planned = z.strictObject({
  short_code: z.string(),
  kind: z.enum(kinds),
  target: z.string().nullable(),
  file_name: z.string().nullable(),
});

/** What a links.toml changes. */
export const planSchema = z
  .strictObject({
    added: z.array(planned),
    changed: z.array(planned),
    removed: z.array(z.string()).describe("Short codes."),
    unchanged: z.int(),
    applied: z.boolean(),
  })
  .meta({ id: "LinksPlan" });

export type PlanJson = z.output<typeof planSchema>;
