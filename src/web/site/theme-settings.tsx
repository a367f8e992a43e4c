/** @jsxImportSource #markup */

import { choosesForTheSite } from "../../accounts/user.ts";
import { type Preferences, preferencesSchema } from "../../accounts/user-schema.ts";
import { isTheme, type Theme } from "../../config/values/themes.ts";
import type { Call, Handler } from "../../http/call.ts";
import { type Form, readForm } from "../../http/request/form.ts";
import { hasJsonBody, readJsonInput } from "../../http/request/json-body.ts";
import { json } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { parseInput } from "../../parse-input.ts";
import { invalid } from "../../problem.ts";
import { goTo } from "../go-to.ts";
import { signedIn } from "../signed-in.ts";
import { type Entry, showForm, submit } from "../ui/post-form.tsx";
import { readPalettes } from "./palette.ts";
import { text } from "./text.en.ts";
import { ThemeForm } from "./theme-form.tsx";

/** Handles `/settings`: the user's own themes, or the site's for the administrator. */
export const settings = { show, save } satisfies Record<string, Handler>;

function show(call: Call): Promise<Response> {
  return showSettings(call, { values: storedValues(call) });
}

async function save(call: Call): Promise<Response> {
  if (hasJsonBody(call.request)) return await saveFromJson(call);
  const form = await readForm(call);
  return await submit(
    call,
    () => saveThemes(call, form),
    (refusal) => showSettings(call, { values: typedValues(call, form), refusal }),
  );
}

export const themesSchema = preferencesSchema.pick({ theme: true, markdownTheme: true });

type Themes = Pick<Preferences, "theme" | "markdownTheme">;

async function saveFromJson(call: Call): Promise<Response> {
  const themes = parseInput(themesSchema, await readJsonInput(call));
  await saveFor(call, themes);
  return json({ theme: themes.theme, markdown_theme: themes.markdownTheme }, { call });
}

async function saveThemes(call: Call, form: Form): Promise<Response> {
  await saveFor(call, parseThemes(form));
  return goTo(call, href("settings"), { code: "saved" });
}

async function saveFor(call: Call, themes: Themes): Promise<void> {
  const { user } = signedIn(call);
  if (choosesForTheSite(user)) return await saveForTheSite(call, themes);
  await call.app.accounts.users.changePreferences(call.actor, user.id, themes);
}

/** An absent field keeps its value. */
function parseThemes(form: Form): Themes {
  const names = ["theme", "markdown_theme"] as const;
  if (!names.some((name) => form.has(name))) throw invalid("theme", text.themes.choose);
  return {
    ...(form.has("theme") && { theme: parseTheme(form, "theme") }),
    ...(form.has("markdown_theme") && { markdownTheme: parseTheme(form, "markdown_theme") }),
  };
}

function parseTheme(form: Form, field: string): Theme | null {
  const name = form.text(field);
  if (name === "") return null;
  if (!isTheme(name)) throw invalid(field, text.themes.unknown);
  return name;
}

async function saveForTheSite(call: Call, themes: Themes): Promise<void> {
  const { theme, markdownTheme } = themes;
  if (theme === null) throw invalid("theme", text.themes.chooseForSite);
  if (markdownTheme === null) throw invalid("markdown_theme", text.themes.chooseForSite);
  await call.app.siteSettings.change(call.actor, {
    ...(theme !== undefined && { "app.theme": theme }),
    ...(markdownTheme !== undefined && { "app.markdown_theme": markdownTheme }),
  });
}

function storedValues({ user, settings }: Call): Entry["values"] {
  if (user === null || choosesForTheSite(user)) {
    return { theme: settings["app.theme"], markdown_theme: settings["app.markdown_theme"] };
  }
  return { theme: user.theme ?? "", markdown_theme: user.markdownTheme ?? "" };
}

function typedValues(call: Call, form: Form): Entry["values"] {
  const stored = storedValues(call);
  const typed = (name: string) => (form.has(name) ? form.text(name) : stored[name]);
  return { theme: typed("theme"), markdown_theme: typed("markdown_theme") };
}

async function showSettings(call: Call, entry: Entry): Promise<Response> {
  const { user } = signedIn(call);
  await readPalettes();
  return await showForm(
    call,
    { title: text.themes.title, entry, sheets: ["settings.css"], scripts: ["themechoice.js"] },
    <ThemeForm call={call} entry={entry} isForTheSite={choosesForTheSite(user)} />,
  );
}
