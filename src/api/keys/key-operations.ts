import { scopesOf } from "../../policy.ts";
import { operation } from "../operation.ts";
import { jsonBody } from "../request/body.ts";
import { pageOf } from "../request/page-schema.ts";
import { createdKeySchema, keyListQuery, keySchema, newKeyBody } from "./key-schema.ts";
import { createKey, listKeys, readKey, revokeKey } from "./keys.ts";

const MANAGE = scopesOf["key.list"];

/** Operations on API keys. Those that have ended are known for a month. */
export const keyOperations = {
  apiKeys: {
    GET: operation({
      name: "listKeys",
      doc: "List your keys, newest first; of all accounts, 200 on a page.",
      scopes: MANAGE,
      query: keyListQuery,
      answers: { 200: { doc: "A page.", schema: pageOf(keySchema), headers: ["Link"] } },
      answer: (call, { query }) => listKeys(call, query),
    }),
    POST: operation({
      name: "createKey",
      doc: "Create a key of your own.",
      scopes: scopesOf["key.create"],
      body: jsonBody(newKeyBody),
      answers: {
        201: { doc: "The key, and its secret.", schema: createdKeySchema, headers: ["Location"] },
      },
      answer: (call, { body }) => createKey(call, body),
    }),
  },
  apiKey: {
    GET: operation({
      name: "readKey",
      doc: "Read a key of yours, or any as an administrator.",
      scopes: MANAGE,
      answers: { 200: { doc: "The key.", schema: keySchema } },
      answer: readKey,
    }),
    DELETE: operation({
      name: "revokeKey",
      doc: "Revoke a key of yours, or any as an administrator. It is refused from the next request on.",
      scopes: MANAGE,
      answers: { 204: { doc: "It is revoked." } },
      answer: revokeKey,
    }),
  },
};
