import { z } from "zod";
import { kinds } from "../../links/link.ts";

/** Options of the link of an uploaded file, as parameters of the query or fields of a form. */
const options = {
  kind: z.enum(kinds).exclude(["redirect"]).optional().describe("Default: `file`."),
  short_code: z.string().optional().describe("Absent: an automatic one."),
  title: z.string().optional(),
  note: z.string().optional(),
  tags: z.array(z.string()).optional().describe("Repeated, or with commas between the names."),
  expires_at: z.string().optional().describe("RFC 3339, a date, or a span from now such as `7d`."),
  starts_at: z.string().optional(),
  fallback_url: z.string().optional(),
  embed_hosts: z
    .string()
    .optional()
    .describe("Websites that may show it in a frame, with spaces between them; `*`: any."),
  aliases: z.array(z.string()).optional(),
  visit_limit: z.int().optional(),
  disabled: z.boolean().optional(),
  inline: z
    .boolean()
    .optional()
    .describe("Whether it opens in the browser, if its type is harmless."),
  remove_metadata: z
    .boolean()
    .optional()
    .describe("Remove location and camera data from a JPEG, PNG or WebP image. Default: false."),
};

/** For a body that is the file itself. */
export const fileQuery = z.strictObject({
  name: z.string().min(1).optional().describe("File name. Default: as `Content-Disposition` says."),
  ...options,
});

/** Fields of a form beside the file. */
export const fileFields = z.strictObject({
  ...options,
  password: z.string().optional().describe("What visitors must enter."),
});

/** A form with a file, for the document. */
export const fileForm = z
  .strictObject({
    file: z.string().meta({ contentMediaType: "application/octet-stream" }),
    ...fileFields.shape,
  })
  .meta({ id: "FileForm" });

export type FileOptions = z.output<typeof fileFields>;
