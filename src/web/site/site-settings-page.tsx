/** @jsxImportSource hono/jsx */
import { configPath } from "../../config/file/config-file.ts";
import { defaultSettings, settingRow } from "../../config/settings.ts";
import type { Call, Handler } from "../../http/call.ts";
import { setNotice } from "../../http/request/cookies.ts";
import { type Form, readForm } from "../../http/request/form.ts";
import { seeOther } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
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
import {
  fieldText,
  parseSiteFields,
  type SiteField,
  shownName,
  siteFieldKeys,
  siteFields,
} from "./site-fields.ts";

/** `/-/settings`: the site's main settings, for administrators. */
export const siteSettings = { show, save } satisfies Record<string, Handler>;

function show(call: Call): Promise<Response> {
  return showPage(call, { values: storedValues(call) });
}

async function save(call: Call): Promise<Response> {
  const form = await readForm(call.request);
  return await submit(
    call,
    () => saveFields(call, form),
    (refusal) => showPage(call, { values: { ...storedValues(call), ...typedIn(form) }, refusal }),
  );
}

async function saveFields(call: Call, form: Form): Promise<Response> {
  await call.app.siteSettings.change(call.actor, parseSiteFields(form));
  const headers = new Headers();
  setNotice(headers, { code: "saved" }, call.client);
  return seeOther(href("siteSettings"), { call, headers });
}

function storedValues({ app: { live } }: Call): Entry["values"] {
  const texts = siteFieldKeys.map((key) => [key, fieldText(live.current[key])] as const);
  const shown = texts.map(([key, text]) => [shownName(key), text] as const);
  return Object.fromEntries([...texts, ...shown]);
}

function typedIn(form: Form): Entry["values"] {
  const names = siteFieldKeys.flatMap((key) => [key, shownName(key)]);
  const typed = names.filter((name) => form.has(name));
  return Object.fromEntries(typed.map((name) => [name, form.text(name)]));
}

function showPage(call: Call, entry: Entry): Promise<Response> {
  return showForm(
    call,
    { title: "Site settings", entry },
    <div class="form-width">
      <PageHead title="Site settings">
        <a class="btn btn-quiet" href={href("proxy")}>
          Proxy
        </a>
      </PageHead>
      <Whereabouts call={call} />
      <PostForm action={href("siteSettings")} entry={entry}>
        {siteFieldKeys.map((key) => (
          <Field call={call} entry={entry} name={key} />
        ))}
        <button class="btn btn-primary" type="submit">
          Save
        </button>
      </PostForm>
    </div>,
  );
}

function Whereabouts({ call: { app } }: { call: Call }) {
  if (app.live.isShared)
    return (
      <p>
        These hold for the whole site, on every node, within a second. They are kept in the
        database, and win over each node's settings file.
      </p>
    );
  return (
    <p>
      These hold for the whole site, at once. They are written into{" "}
      <code class="name">{configPath(app.live.dataFolder)}</code>, which has more of them.
    </p>
  );
}

interface FieldProps {
  readonly call: Call;
  readonly entry: Entry;
  readonly name: SiteField;
}

/** What something outside sets can be read here, and not changed. */
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

/** What fits the kind of value that the setting has. */
function Control({ entry, name }: Omit<FieldProps, "call">) {
  const field = { entry, name, label: siteFields[name], help: settingRow(name).doc };
  const usual = defaultSettings[name];
  if (typeof usual === "boolean") return <Checkbox {...field} />;
  if (typeof usual === "object") return <ListField {...field} />;
  return <InputField {...field} autocomplete="off" autocapitalize="none" />;
}

function ListField(field: Omit<Parameters<typeof TextArea>[0], "rows">) {
  const help = `${field.help} Here with commas between.`;
  return <TextArea {...field} help={help} rows={2} autocapitalize="none" />;
}

type FixedProps = Omit<FieldProps, "call"> & { readonly overrider: string };

function Fixed({ entry, name, overrider }: FixedProps) {
  return (
    <div class="mb-3">
      <div class="form-label">{siteFields[name]}</div>
      <strong class="name">{entry.values[name] || "nothing"}</strong>, set by {overrider}. Change it
      there and restart.
    </div>
  );
}
