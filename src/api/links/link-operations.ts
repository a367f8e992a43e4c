import { MAX_TYPED_BYTES } from "../../http/content/sent-json.ts";
import { CHANGE_LINKS, CREATE_LINKS, SEE_LINKS } from "../key-needs.ts";
import { type Answer, operation } from "../operation.ts";
import { domainBody } from "../request/body.ts";
import { pageOf } from "../request/page-schema.ts";
import { answerOnce } from "../request/repeated.ts";
import { changeLink, putLink } from "./change-link.ts";
import { createLink } from "./create-link.ts";
import { deleteLink } from "./delete-link.ts";
import { linkListQuery } from "./link-query-schema.ts";
import {
  createdLinkSchema,
  linkChangesBody,
  linkSchema,
  newLinkBody,
  replacedLinkBody,
} from "./link-schema.ts";
import { listLinks } from "./list-links.ts";
import { readLink } from "./read-link.ts";

export const linkAnswer: Answer = { doc: "The link.", schema: linkSchema, headers: ["ETag"] };
export const createdLinkAnswer: Answer = {
  doc: "The new link.",
  schema: createdLinkSchema,
  headers: ["ETag", "Location"],
};

/** Operations on links. */
export const linkOperations = {
  apiLinks: {
    GET: operation({
      name: "listLinks",
      doc: "List links, newest first: your own, or all for an administrator.",
      scopes: SEE_LINKS,
      query: linkListQuery,
      answers: { 200: { doc: "A page.", schema: pageOf(linkSchema), headers: ["Link"] } },
      answer: (call, { query }) => listLinks(call, query),
    }),
    POST: operation({
      name: "createLink",
      doc: "Create a link.",
      scopes: CREATE_LINKS,
      body: domainBody(newLinkBody, MAX_TYPED_BYTES),
      answers: {
        200: {
          ...createdLinkAnswer,
          schema: linkSchema,
          doc: "The link that there is, with `find_if_exists`.",
        },
        201: createdLinkAnswer,
      },
      problems: ["over_quota"],
      isRepeatable: true,
      answer: (call, { body }) => answerOnce(call, body, (once) => createLink(call, body, once)),
    }),
  },
  apiLink: {
    GET: operation({
      name: "readLink",
      doc: "Read a link, by its short code or an alias.",
      scopes: SEE_LINKS,
      isConditional: true,
      answers: {
        200: linkAnswer,
        304: { doc: "It is as `If-None-Match` says.", headers: ["ETag"] },
      },
      answer: readLink,
    }),
    PUT: operation({
      name: "putLink",
      doc: "Replace a link, or create it under this short code. With `If-None-Match: *`, only create it.",
      scopes: CHANGE_LINKS,
      isConditional: true,
      body: domainBody(replacedLinkBody, MAX_TYPED_BYTES),
      answers: { 200: linkAnswer, 201: createdLinkAnswer },
      problems: ["conflict", "over_quota"],
      answer: (call, { body }) => putLink(call, body),
    }),
    PATCH: operation({
      name: "changeLink",
      doc: "Change a link. With `If-Match`, only if it has not changed since you read it.",
      scopes: CHANGE_LINKS,
      isConditional: true,
      body: domainBody(linkChangesBody, MAX_TYPED_BYTES),
      answers: { 200: linkAnswer },
      problems: ["conflict", "over_quota"],
      isRepeatable: true,
      answer: (call, { body }) => answerOnce(call, body, () => changeLink(call, body)),
    }),
    DELETE: operation({
      name: "deleteLink",
      doc: "Delete a link. It goes to the trash, if the site has one.",
      scopes: CHANGE_LINKS,
      isConditional: true,
      answers: { 204: { doc: "It is deleted." } },
      answer: deleteLink,
    }),
  },
};
