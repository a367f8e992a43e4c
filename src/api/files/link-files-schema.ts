import { z } from "zod";
import { pageOf } from "../request/page-schema.ts";

export const filesQuery = z.strictObject({
  limit: z.int().min(1).max(500).default(100).describe("Items on a page."),
  after: z.int().min(0).default(0).describe("`next` of the page before."),
});

export const filesPage = pageOf(
  z
    .strictObject({
      id: z.int(),
      path: z.string().describe("With `/` between its parts."),
      title: z.string(),
      type: z.string().describe("Media type."),
      size: z.int().describe("Bytes."),
      sha256: z.string().describe("In hexadecimal."),
      modified_at: z.iso.datetime(),
      url: z.string().describe("Where visitors get it."),
    })
    .meta({ id: "LinkFile", description: "One of the files of a link that has several." }),
);

/** Complete uploads that become files of a link. */
export const uploadList = z
  .array(
    z.strictObject({
      upload: z.string().describe("Id of a complete upload."),
      path: z.string().optional().describe("Default: the name of the upload."),
      title: z.string().optional(),
    }),
  )
  .max(1000);

export const fileEditsBody = z
  .strictObject({
    files: z
      .array(
        z.strictObject({
          id: z.int(),
          path: z.string().optional(),
          title: z.string().optional(),
          position: z.int().min(1).optional().describe("Its new place, from 1 on."),
          remove: z.boolean().optional(),
        }),
      )
      .max(10_000)
      .optional(),
    add: uploadList
      .optional()
      .describe("Uploads that become files; one with the path of a file replaces it."),
  })
  .meta({ id: "FileChanges", description: "Files that are not named stay as they are." });

/** A form with files, for the document. */
export const filesForm = z
  .strictObject({
    file: z.array(z.string().meta({ contentMediaType: "application/octet-stream" })),
  })
  .meta({ id: "FilesForm" });
