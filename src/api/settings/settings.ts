import type { z } from "zod";
import { changeableSettings } from "../../config/changeable-settings.ts";
import { readSetting } from "../../config/layers.ts";
import { type SettingKey, type Settings, settingKeys, settingRow } from "../../config/settings.ts";
import type { Call } from "../../http/call.ts";
import { ownOrigins } from "../../http/caller/own-origins.ts";
import { json } from "../../http/response/response.ts";
import { invalid, Problem } from "../../problem.ts";
import { text } from "../text.en.ts";
import type { settingSchema } from "./setting-schema.ts";

type SettingJson = z.input<typeof settingSchema>;

/** `GET /api/v1/settings` */
export function readSettings(call: Call): Response {
  call.app.siteSettings.requireChange(call.actor);
  return answerSettings(call);
}

/** `PATCH /api/v1/settings` */
export async function changeSettings(
  call: Call,
  body: Readonly<Record<string, unknown>>,
): Promise<Response> {
  call.app.siteSettings.requireChange(call.actor);
  const changes = parseChanges(call, body);
  const { "links.fallback_url": fallback = "" } = changes;
  if (await call.app.links.circles.isCircle(fallback, ownOrigins(call)))
    throw invalid("links.fallback_url", text.settings.leadsBack);
  await call.app.siteSettings.change(call.actor, changes);
  return answerSettings(call);
}

/** @throws Problem `invalid` that names every refused setting */
function parseChanges({ app }: Call, body: Readonly<Record<string, unknown>>): Partial<Settings> {
  const values: [SettingKey, unknown][] = [];
  const fields: Record<string, string> = {};
  for (const key of changeableSettings) {
    if (!Object.hasOwn(body, key)) continue;
    const overrider = app.live.overriderOf(key);
    const read = readSetting(key, body[key]);
    if (overrider !== null) fields[key] = text.settings.overridden(overrider);
    else if ("value" in read) values.push([key, read.value]);
    else fields[key] = text.settings.mustBe(read.expected);
  }
  if (Object.keys(fields).length === 0) return Object.fromEntries(values) as Partial<Settings>;
  throw new Problem("invalid", Object.values(fields).join(" "), { fields });
}

function answerSettings(call: Call): Response {
  return json({ items: settingKeys.map((key) => describeSetting(call, key)) }, { call });
}

function describeSetting({ app: { live } }: Call, key: SettingKey): SettingJson {
  const { secret = false, takesEffect } = settingRow(key);
  const value = live.current[key];
  return {
    key,
    value: secret ? null : typeof value === "object" ? [...value] : value,
    is_set: value !== "",
    origin: live.originOf(key).from,
    takes_effect: takesEffect,
    changeable:
      live.overriderOf(key) === null && changeableSettings.some((changeable) => changeable === key),
  };
}
