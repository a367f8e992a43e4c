import { operation } from "../operation.ts";
import { answerOnce } from "../request/repeated.ts";
import { batchBody, batchResults } from "./batch-schema.ts";
import { runBatch } from "./run-batch.ts";

/** Several operations on links by one request. */
export const batchOperations = {
  apiLinksBatch: {
    POST: operation({
      name: "batchLinks",
      doc: "Create, change and delete up to 1,000 links. Each operation needs the scope that it would need by itself.",
      scopes: ["links:create", "links:write", "files:create"],
      body: batchBody,
      isRepeatable: true,
      answers: { 200: { doc: "A result for each operation.", schema: batchResults } },
      problems: ["not_found", "conflict"],
      answer: (call, { body }) => answerOnce(call, body, (once) => runBatch(call, body, once)),
    }),
  },
};
