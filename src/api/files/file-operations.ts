import { CREATE_FILES } from "../key-needs.ts";
import { createdLinkAnswer } from "../links/link-operations.ts";
import { operation } from "../operation.ts";
import { fileBody } from "./file-body.ts";
import { fileQuery } from "./file-schema.ts";
import { uploadFile } from "./upload-file.ts";

/** Uploading files. */
export const fileOperations = {
  apiFiles: {
    POST: operation({
      name: "uploadFile",
      doc: "Upload a file, and create its link. The body is a form with the file in the field `file` and the options in other fields, or the file itself with the options in the query.",
      scopes: CREATE_FILES,
      query: fileQuery,
      body: fileBody,
      answers: { 201: createdLinkAnswer },
      problems: ["over_quota"],
      isRepeatable: true,
      answer: (call, { query }) => uploadFile(call, query),
    }),
  },
};
