import { CHANGE_LINKS, SEE_LINKS } from "../key-needs.ts";
import { linkAnswer } from "../links/link-operations.ts";
import { contentAnswers } from "../links/link-parts-operations.ts";
import { operation } from "../operation.ts";
import { versionsSchema } from "./version-schema.ts";
import { listVersions, readVersionContent, restoreVersion } from "./versions.ts";

/** Operations on what links were before. */
export const historyOperations = {
  apiVersions: {
    GET: operation({
      name: "listVersions",
      doc: "List what a link is and was: its last 20 destinations and texts. Former files are not kept.",
      scopes: SEE_LINKS,
      answers: { 200: { doc: "The versions.", schema: versionsSchema } },
      answer: listVersions,
    }),
  },
  apiVersionContent: {
    GET: operation({
      name: "readVersionContent",
      doc: "Read the text of a version.",
      scopes: SEE_LINKS,
      answers: contentAnswers,
      problems: ["precondition_failed"],
      answer: readVersionContent,
    }),
  },
  apiVersionRestore: {
    POST: operation({
      name: "restoreVersion",
      doc: "Restore a version of a link. What the link is now becomes a version.",
      scopes: CHANGE_LINKS,
      isConditional: true,
      answers: { 200: linkAnswer },
      problems: ["conflict", "over_quota"],
      answer: restoreVersion,
    }),
  },
};
