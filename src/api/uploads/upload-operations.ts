import { Problem } from "../../problem.ts";
import { CREATE_FILES } from "../key-needs.ts";
import { operation } from "../operation.ts";
import { anyBytes } from "../request/raw-body.ts";
import { text } from "../text.en.ts";
import { addToUpload } from "./add-to-upload.ts";
import { createUpload } from "./create-upload.ts";
import { deleteUpload, listUploads, readUpload } from "./read-upload.ts";
import { uploadListQuery, uploadListSchema, uploadSchema } from "./upload-schema.ts";

const tusProblems = [
  "precondition_failed",
  "conflict",
  "locked",
  "checksum_mismatch",
  "over_quota",
  "storage_full",
  "too_large",
  "unsupported_type",
] as const;

const TUS = { "Tus-Resumable": "1.0.0" };

/** Uploads in portions: tus 1.0.0. */
export const uploadOperations = {
  apiUploads: {
    GET: operation({
      name: "listUploads",
      doc: "List your uploads of which no link was created.",
      scopes: CREATE_FILES,
      query: uploadListQuery,
      answers: { 200: { doc: "The newest 1,000, newest first.", schema: uploadListSchema } },
      answer: (call, { query }) => listUploads(call, query),
    }),
    POST: operation({
      name: "createUpload",
      doc: "Begin an upload in portions (tus 1.0.0). `Upload-Metadata` has the name of the file as `filename` and the options of its link; `purpose` `hold` keeps it for a request that names it. `Upload-Concat` begins a part of it, or joins the parts.",
      scopes: CREATE_FILES,
      headers: {
        ...TUS,
        "Upload-Length": "5",
        "Upload-Metadata": "filename YS50eHQ=",
      },
      answers: { 201: { doc: "Where its bytes are sent to.", headers: ["Location"] } },
      problems: tusProblems,
      answer: createUpload,
    }),
  },
  apiUpload: {
    GET: operation({
      name: "readUpload",
      doc: "Read how far an upload is. HEAD says so in headers of tus.",
      scopes: CREATE_FILES,
      answers: { 200: { doc: "The upload.", schema: uploadSchema } },
      problems: tusProblems,
      answer: readUpload,
    }),
    PATCH: operation({
      name: "addToUpload",
      doc: "Send bytes of an upload. With the last ones, its link is created.",
      scopes: CREATE_FILES,
      headers: { ...TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream" },
      body: anyBytes,
      answers: { 204: { doc: "They are stored." } },
      problems: tusProblems,
      answer: addToUpload,
    }),
    POST: operation({
      name: "overrideUpload",
      doc: "PATCH or DELETE, as `X-HTTP-Method-Override` says.",
      scopes: CREATE_FILES,
      headers: { ...TUS, "X-HTTP-Method-Override": "DELETE" },
      answers: { 204: { doc: "As of that method." } },
      problems: tusProblems,
      answer: (call) => {
        const method = call.request.headers.get("x-http-method-override")?.toUpperCase();
        if (method === "PATCH") return addToUpload(call);
        if (method === "DELETE") return deleteUpload(call);
        throw new Problem("bad_request", text.upload.override);
      },
    }),
    DELETE: operation({
      name: "deleteUpload",
      doc: "Delete an upload.",
      scopes: CREATE_FILES,
      headers: TUS,
      answers: { 204: { doc: "It is deleted." } },
      problems: tusProblems,
      answer: deleteUpload,
    }),
  },
};
