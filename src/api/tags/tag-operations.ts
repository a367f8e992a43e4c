import { z } from "zod";
import { countSchema } from "../count-schema.ts";
import { CHANGE_TAGS, SEE_TAGS } from "../key-needs.ts";
import { operation } from "../operation.ts";
import { jsonBody } from "../request/body.ts";
import { ownerParameter, pageOf, pageParameters } from "../request/page-schema.ts";
import { changeTag, listTags, mergeTag, removeTag } from "./tags.ts";

const tagSchema = z
  .strictObject({ name: z.string(), links: z.int().describe("How many links have it.") })
  .meta({ id: "Tag" });

const renaming = z
  .strictObject({ to: z.string().describe("The new name.") })
  .meta({ id: "TagChanges" });
const merging = z
  .strictObject({ to: z.string().describe("Name of the tag that stays.") })
  .meta({ id: "TagMerge" });

const query = z.strictObject(ownerParameter);
const count = { 200: { doc: "How many links have it.", schema: countSchema } };

/** Operations on the tags of all links of an owner. Names are compared without case and accents. */
export const tagOperations = {
  apiTags: {
    GET: operation({
      name: "listTags",
      doc: "List tags by name, 200 on a page.",
      scopes: SEE_TAGS,
      query: z.strictObject({ ...ownerParameter, after: pageParameters.after }),
      answers: { 200: { doc: "A page.", schema: pageOf(tagSchema), headers: ["Link"] } },
      answer: (call, given) => listTags(call, given.query),
    }),
  },
  apiTag: {
    PATCH: operation({
      name: "renameTag",
      doc: "Rename a tag of all links that have it.",
      scopes: CHANGE_TAGS,
      query,
      body: jsonBody(renaming),
      answers: count,
      answer: (call, given) => changeTag(call, given.query.owner, given.body.to),
    }),
    DELETE: operation({
      name: "deleteTag",
      doc: "Remove a tag from all links that have it.",
      scopes: CHANGE_TAGS,
      query,
      answers: count,
      answer: (call, given) => removeTag(call, given.query.owner),
    }),
  },
  apiTagMerge: {
    POST: operation({
      name: "mergeTag",
      doc: "Replace a tag by another one in all links that have it.",
      scopes: CHANGE_TAGS,
      query,
      body: jsonBody(merging),
      answers: count,
      answer: (call, given) => mergeTag(call, given.query.owner, given.body.to),
    }),
  },
};
