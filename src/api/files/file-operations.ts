import { CHANGE_LINKS, CREATE_FILES, SEE_LINKS } from "../key-needs.ts";
import { createdLinkAnswer, linkAnswer } from "../links/link-operations.ts";
import { operation } from "../operation.ts";
import { jsonBody } from "../request/body.ts";
import { fileBody, filesBody } from "./file-body.ts";
import { fileQuery } from "./file-schema.ts";
import { addFiles, changeFiles, listFiles } from "./link-files.ts";
import { fileEditsBody, filesPage, filesQuery } from "./link-files-schema.ts";
import { uploadFile } from "./upload-file.ts";

/** Uploading files. */
export const fileOperations = {
  apiFiles: {
    POST: operation({
      name: "uploadFile",
      doc: "Upload a file, and create its link. The body is a form with the file in the field `file` and the options in other fields, or the file itself with the options in the query. With the kind `collection`, a form may have several files; the folders in their names stay. With the kind `html`, several files, or a zip of them, become one page with what it uses: one of them is `index.html`.",
      scopes: CREATE_FILES,
      query: fileQuery,
      body: fileBody,
      answers: { 201: createdLinkAnswer },
      problems: ["over_quota"],
      isRepeatable: true,
      answer: (call, { query }) => uploadFile(call, query),
    }),
  },
  apiLinkFiles: {
    GET: operation({
      name: "listFiles",
      doc: "List the files of a collection, or of an HTML page beside its `index.html`, in their order.",
      scopes: SEE_LINKS,
      query: filesQuery,
      answers: { 200: { doc: "A page.", schema: filesPage, headers: ["Link"] } },
      answer: (call, { query }) => listFiles(call, query),
    }),
    POST: operation({
      name: "addFiles",
      doc: "Add files to a collection or an HTML page: a form with one or more of them in the field `file`. One with the path of a file that is there replaces it.",
      scopes: CHANGE_LINKS,
      isConditional: true,
      body: filesBody,
      answers: { 200: linkAnswer },
      problems: ["conflict", "over_quota"],
      answer: (call) => addFiles(call),
    }),
    PATCH: operation({
      name: "changeFiles",
      doc: "Rename, order and remove files of a collection or an HTML page, and change their titles.",
      scopes: CHANGE_LINKS,
      isConditional: true,
      body: jsonBody(fileEditsBody),
      answers: { 200: linkAnswer },
      problems: ["conflict"],
      answer: (call, { body }) => changeFiles(call, body),
    }),
  },
};
