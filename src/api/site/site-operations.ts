import { documentSchema } from "../openapi/document-schema.ts";
import { type ApiRow, operation } from "../operation.ts";
import { about } from "./about.ts";
import { aboutSchema } from "./about-schema.ts";
import { documentOf } from "./document-answer.ts";

/** Operations that need no key. */
export const siteOperations = (listRows: () => readonly ApiRow[]) => ({
  api: {
    GET: operation({
      name: "about",
      doc: "Version of the program, and limits of the API.",
      scopes: null,
      answers: { 200: { doc: "About the API.", schema: aboutSchema } },
      answer: about,
    }),
  },
  apiDocument: {
    GET: operation({
      name: "readDocument",
      doc: "This document.",
      scopes: null,
      isConditional: true,
      answers: {
        200: { doc: "OpenAPI 3.1.", schema: documentSchema, headers: ["ETag"] },
        304: { doc: "It is as `If-None-Match` says.", headers: ["ETag"] },
      },
      answer: documentOf(listRows),
    }),
  },
});
