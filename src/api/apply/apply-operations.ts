import { z } from "zod";
import { CHANGE_LINKS, CREATE_LINKS } from "../key-needs.ts";
import { operation } from "../operation.ts";
import { jsonBody } from "../request/body.ts";
import { ownerParameter } from "../request/page-schema.ts";
import { applyLinks } from "./apply-links.ts";
import { applyBody, planSchema } from "./apply-schema.ts";

/** A links.toml as a description of links. */
export const applyOperations = {
  apiLinksApply: {
    POST: operation({
      name: "applyLinks",
      doc: "Create and change links as a links.toml describes them, a hundred at a time. Each change needs the scope that it would need by itself.",
      scopes: [...CREATE_LINKS, ...CHANGE_LINKS],
      query: z.strictObject(ownerParameter),
      body: jsonBody(applyBody),
      answers: { 200: { doc: "What is changed, or would be.", schema: planSchema } },
      problems: ["forbidden", "over_quota"],
      answer: (call, { query, body }) => applyLinks(call, query.owner, body),
    }),
  },
};
