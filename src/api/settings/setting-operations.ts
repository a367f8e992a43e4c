import { scopesOf } from "../../policy.ts";
import { type Answer, operation } from "../operation.ts";
import { jsonBody } from "../request/body.ts";
import { settingChangesBody, settingsSchema } from "./setting-schema.ts";
import { changeSettings, readSettings } from "./settings.ts";

const ADMINISTER = scopesOf["settings.change"];

const all: Answer = { doc: "All settings.", schema: settingsSchema };

/** Operations on the settings of the site. */
export const settingOperations = {
  apiSettings: {
    GET: operation({
      name: "readSettings",
      doc: "Read all settings, and where each comes from. Secrets are left out.",
      scopes: ADMINISTER,
      answers: { 200: all },
      answer: readSettings,
    }),
    PATCH: operation({
      name: "changeSettings",
      doc: "Change settings: those of the page of the site's settings.",
      scopes: ADMINISTER,
      body: jsonBody(settingChangesBody),
      answers: { 200: all },
      answer: (call, { body }) => changeSettings(call, body),
    }),
  },
};
