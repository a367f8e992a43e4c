/** @jsxImportSource #markup */
import { href, withQuery } from "../../http/urls.ts";
import { kinds } from "../../links/link.ts";
import { type Actor, isAdministrator, type Scope, scopeNames, scopes } from "../../policy.ts";
import { text as linkText } from "../links/text.en.ts";
import { type Entry, InputField, PostForm, Select } from "../ui/post-form.tsx";
import { Section } from "../ui/section.tsx";
import { text as shared } from "../ui/text.en.ts";
import { text } from "./text.en.ts";

/** How long new keys can be valid. */
export const expiries = ["30d", "90d", "365d", "never"] as const;

/** Scopes that are often wanted together. */
export const presets = {
  links: ["links:read", "links:write", "links:create"],
  files: ["links:read", "links:write", "links:create", "files:create"],
  sharex: ["links:create", "files:create"],
  read: ["links:read", "stats:read"],
} as const satisfies Readonly<Record<string, readonly Scope[]>>;

export type Preset = keyof typeof presets;

export const presetNames = Object.keys(presets) as readonly Preset[];

interface KeyFormProps {
  readonly actor: Actor;
  /** `scope` and `kind` have the ticked values, separated by spaces. */
  readonly entry: Entry;
}

/** The form for a new API key. */
export function KeyForm({ actor, entry }: KeyFormProps) {
  const offered = scopeNames.filter((scope) => scopes[scope] === "user" || isAdministrator(actor));
  return (
    <Section title={text.form.title}>
      <div class="form-width ms-0">
        <p class="page-actions">
          {text.form.presets}
          {presetNames.map((preset) => (
            <a class="btn btn-sm btn-quiet" href={withQuery(href("keys"), { preset })}>
              {text.presets[preset]}
            </a>
          ))}
        </p>
        <PostForm action={href("keys")} entry={entry}>
          <InputField
            entry={entry}
            name="name"
            label={shared.labels.name}
            help={text.form.nameHelp}
            autocomplete="off"
            required
          />
          <Boxes
            entry={entry}
            name="scope"
            field="scopes"
            label={text.form.scopes}
            options={offered.map((scope) => [scope, text.scopes[scope]])}
          />
          <Boxes
            entry={entry}
            name="kind"
            field="kinds"
            label={text.form.kinds}
            help={text.form.kindsHelp}
            options={kinds.map((kind) => [kind, linkText.kinds[kind]])}
          />
          <Select
            entry={entry}
            name="expires_in"
            label={text.form.expires}
            options={expiries.map((expiry) => [expiry, text.form.expiries[expiry]])}
          />
          <button class="btn btn-primary" type="submit">
            {text.form.create}
          </button>
        </PostForm>
      </div>
    </Section>
  );
}

interface BoxesProps {
  readonly entry: Entry;
  readonly name: string;
  /** The name in refusals. */
  readonly field: string;
  readonly label: string;
  readonly help?: string;
  readonly options: readonly (readonly [value: string, words: string])[];
}

/** Checkboxes of one name. */
function Boxes({ entry, name, field, label, help, options }: BoxesProps) {
  const ticked = (entry.values[name] ?? "").split(" ");
  const refused = entry.refusal?.fields[field];
  const remarks = [refused && `${field}-problem`, help && `${field}-help`].filter(Boolean);
  const described = remarks.length > 0 ? remarks.join(" ") : undefined;
  return (
    <fieldset class="mb-3" aria-describedby={described}>
      <legend class="form-label fs-6">{label}</legend>
      {options.map(([value, words]) => (
        <div class="form-check">
          <input
            class="form-check-input"
            type="checkbox"
            id={`${name}-${value}`}
            name={name}
            value={value}
            checked={ticked.includes(value)}
          />
          <label class="form-check-label" for={`${name}-${value}`}>
            {words}
          </label>
        </div>
      ))}
      {refused && (
        <div class="invalid-feedback d-block" id={`${field}-problem`}>
          {refused}
        </div>
      )}
      {help && (
        <div class="form-text" id={`${field}-help`}>
          {help}
        </div>
      )}
    </fieldset>
  );
}
