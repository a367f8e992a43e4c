/** @jsxImportSource #markup */

import { changeableSettings } from "../../config/changeable-settings.ts";
import { configPath } from "../../config/file/config-file.ts";
import { defaultSettings } from "../../config/settings.ts";
import type { Call, Handler } from "../../http/call.ts";
import { ownOrigins } from "../../http/caller/own-origins.ts";
import { type Form, readForm } from "../../http/request/form.ts";
import { href } from "../../http/urls.ts";
import { invalid } from "../../problem.ts";
import { goTo } from "../go-to.ts";
import { framesPages } from "../open/frame/navigation.ts";
import { fillText } from "../ui/fill-text.tsx";
import { PageHead } from "../ui/layout/layout.tsx";
import {
  Checkbox,
  type Entry,
  InputField,
  PostForm,
  showForm,
  submit,
  TextArea,
} from "../ui/post-form.tsx";
import { text as ui } from "../ui/text.en.ts";
import { fieldText, parseSiteFields, type SiteField, shownName } from "./site-fields.ts";
import { text } from "./text.en.ts";

/** Handles `/-/settings`: the site's main settings, for administrators. */
export const siteSettings = { show, save } satisfies Record<string, Handler>;

function show(call: Call): Promise<Response> {
  return showPage(call, { values: storedValues(call) });
}

async function save(call: Call): Promise<Response> {
  const form = await readForm(call);
  return await submit(
    call,
    () => saveFields(call, form),
    (refusal) => showPage(call, { values: { ...storedValues(call), ...typedIn(form) }, refusal }),
  );
}

async function saveFields(call: Call, form: Form): Promise<Response> {
  const changes = parseSiteFields(form);
  const { "links.fallback_url": fallback = "" } = changes;
  if (await call.app.links.circles.isCircle(fallback, ownOrigins(call)))
    throw invalid("links.fallback_url", text.siteSettings.leadsBack);
  await call.app.siteSettings.change(call.actor, changes);
  return goTo(call, href("siteSettings"), { code: "saved" });
}

function storedValues({ app: { live } }: Call): Entry["values"] {
  const texts = changeableSettings.map((key) => [key, fieldText(live.current[key])] as const);
  const shown = texts.map(([key, text]) => [shownName(key), text] as const);
  return Object.fromEntries([...texts, ...shown]);
}

function typedIn(form: Form): Entry["values"] {
  const names = changeableSettings.flatMap((key) => [key, shownName(key)]);
  const typed = names.filter((name) => form.has(name));
  return Object.fromEntries(typed.map((name) => [name, form.text(name)]));
}

async function showPage(call: Call, entry: Entry): Promise<Response> {
  const isFramed = await framesPages(call);
  return await showForm(
    call,
    { title: text.siteSettings.title, entry },
    <div class="form-width">
      <PageHead title={text.siteSettings.title}>
        <a class="btn btn-quiet" href={href("nodes")}>
          {text.nodes.title}
        </a>
        <a class="btn btn-quiet" href={href("proxy")}>
          {text.siteSettings.proxyCheck}
        </a>
      </PageHead>
      <WhereSaved call={call} />
      <PostForm action={href("siteSettings")} entry={entry}>
        {changeableSettings.map((key) => (
          <>
            <Field call={call} entry={entry} name={key} />
            {isFramed && key === "server.public_url" && <NoContentOrigin />}
          </>
        ))}
        <button class="btn btn-primary" type="submit">
          {ui.actions.save}
        </button>
      </PostForm>
    </div>,
  );
}

/** The setting is not on this page: a wrong one could make the page unreachable. */
function NoContentOrigin() {
  return (
    <p class="callout border-warning">
      {fillText(text.siteSettings.noContentOrigin, { setting: <code>server.content_origin</code> })}
    </p>
  );
}

function WhereSaved({ call: { app } }: { call: Call }) {
  if (app.live.isShared) return <p>{text.siteSettings.savedToDatabase}</p>;
  const file = <code class="name">{configPath(app.live.dataFolder)}</code>;
  return <p>{fillText(text.siteSettings.savedToFile, { file })}</p>;
}

interface FieldProps {
  readonly call: Call;
  readonly entry: Entry;
  readonly name: SiteField;
}

/** A setting that a variable or flag overrides is shown, and cannot be changed. */
function Field({ call, entry, name }: FieldProps) {
  const overrider = call.app.live.overriderOf(name);
  if (overrider !== null) return <Fixed entry={entry} name={name} overrider={overrider} />;
  return (
    <>
      <input type="hidden" name={shownName(name)} value={entry.values[shownName(name)]} />
      <Control entry={entry} name={name} />
    </>
  );
}

/** The control for the setting's type of value. */
function Control({ entry, name }: Omit<FieldProps, "call">) {
  const help: Readonly<Record<string, string>> = text.help;
  const field = { entry, name, label: text.labels[name], help: help[name] };
  const value = defaultSettings[name];
  if (typeof value === "boolean") return <Checkbox {...field} />;
  if (typeof value === "object") return <TextArea {...field} rows={2} autocapitalize="none" />;
  return <InputField {...field} autocomplete="off" autocapitalize="none" />;
}

type FixedProps = Omit<FieldProps, "call"> & { readonly overrider: string };

function Fixed({ entry, name, overrider }: FixedProps) {
  const value = <strong class="name">{entry.values[name] || text.siteSettings.empty}</strong>;
  return (
    <div class="mb-3">
      <div class="form-label">{text.labels[name]}</div>
      {fillText(text.siteSettings.overridden, { value, overrider })}
    </div>
  );
}
