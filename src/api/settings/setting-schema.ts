import { z } from "zod";
import { changeableSettings } from "../../config/changeable-settings.ts";
import { defaultSettings, settingKeys } from "../../config/settings.ts";

const value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);

/** A setting in answers. */
export const settingSchema = z
  .strictObject({
    key: z.enum(settingKeys),
    value: value.nullable().describe("Null: a secret."),
    is_set: z.boolean().describe("Of a secret: whether there is one."),
    origin: z.enum(["default", "file", "database", "environment", "flag"]),
    takes_effect: z.enum(["live", "restart"]),
    changeable: z.boolean().describe("Whether this API changes it."),
  })
  .meta({ id: "Setting" });

export const settingsSchema = z
  .strictObject({ items: z.array(settingSchema) })
  .meta({ id: "Settings" });

/** JSON of the same type as the default. */
function typeOf(setting: unknown): z.ZodType {
  switch (typeof setting) {
    case "boolean":
      return z.boolean();
    case "number":
      return z.int();
    case "string":
      return z.string();
    default:
      return z.array(z.string());
  }
}

export const settingChangesBody = z
  .strictObject(
    Object.fromEntries(
      changeableSettings.map((key) => [key, typeOf(defaultSettings[key]).optional()]),
    ),
  )
  .meta({ id: "SettingChanges" });
