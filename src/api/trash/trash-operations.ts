import { z } from "zod";
import { countSchema } from "../count-schema.ts";
import { CHANGE_LINKS, SEE_LINKS } from "../key-needs.ts";
import { linkAnswer } from "../links/link-operations.ts";
import { operation } from "../operation.ts";
import { jsonBody } from "../request/body.ts";
import { ownerParameter, pageOf, pageParameters } from "../request/page-schema.ts";
import { emptyTrash, listTrash, purgeLink, restoreLink } from "./trash.ts";
import { restoreBody, trashedLinkSchema } from "./trash-schema.ts";

const { after } = pageParameters;

/** Operations on the trash. */
export const trashOperations = {
  apiTrash: {
    GET: operation({
      name: "listTrash",
      doc: "List deleted links, the last deleted first, 50 on a page.",
      scopes: SEE_LINKS,
      query: z.strictObject({ ...ownerParameter, after }),
      answers: { 200: { doc: "A page.", schema: pageOf(trashedLinkSchema), headers: ["Link"] } },
      answer: (call, { query }) => listTrash(call, query),
    }),
    DELETE: operation({
      name: "emptyTrash",
      doc: "Delete all links of the trash permanently.",
      scopes: CHANGE_LINKS,
      query: z.strictObject(ownerParameter),
      answers: { 200: { doc: "How many were deleted.", schema: countSchema } },
      answer: (call, { query }) => emptyTrash(call, query.owner),
    }),
  },
  apiTrashed: {
    DELETE: operation({
      name: "purgeLink",
      doc: "Delete a link of the trash permanently, with its bytes and visits.",
      scopes: CHANGE_LINKS,
      answers: { 204: { doc: "It is deleted." } },
      answer: purgeLink,
    }),
  },
  apiRestored: {
    POST: operation({
      name: "restoreLink",
      doc: "Take a link out of the trash.",
      scopes: CHANGE_LINKS,
      body: jsonBody(restoreBody),
      answers: { 200: linkAnswer },
      answer: (call, { body }) => restoreLink(call, body.short_code ?? null),
    }),
  },
};
