import { CHANGE_LINKS } from "../key-needs.ts";
import { type Answer, operation } from "../operation.ts";
import { jsonBody } from "../request/body.ts";
import { changeSchema, newChangeBody } from "./change-schema.ts";
import { cancelChange, readChange, startChange, undoChange } from "./changes.ts";

const change: Answer = { doc: "The change.", schema: changeSchema };
const started: Answer = { doc: "It is started.", schema: changeSchema, headers: ["Location"] };

/** Changes of all links of a list. */
export const changeOperations = {
  apiChanges: {
    POST: operation({
      name: "startChange",
      doc: "Change all links of a list, without those of a links.toml. Watch `state` of the change. It waits for those that the account began before.",
      scopes: CHANGE_LINKS,
      body: jsonBody(newChangeBody),
      answers: { 202: started },
      answer: (call, { body }) => startChange(call, body),
    }),
  },
  apiChange: {
    GET: operation({
      name: "readChange",
      doc: "Read how far a change of many links has come.",
      scopes: CHANGE_LINKS,
      answers: { 200: change },
      answer: readChange,
    }),
    DELETE: operation({
      name: "cancelChange",
      doc: "Ask a change of many links to end. What is changed stays.",
      scopes: CHANGE_LINKS,
      answers: { 200: change },
      answer: cancelChange,
    }),
  },
  apiChangeUndo: {
    POST: operation({
      name: "undoChange",
      doc: "Take back a change of many links, within an hour, for links that have not changed since; a deletion as long as they are in the trash.",
      scopes: CHANGE_LINKS,
      answers: { 202: started },
      problems: ["conflict"],
      answer: undoChange,
    }),
  },
};
