/** @jsxImportSource #markup */

import type { Call } from "../../http/call.ts";
import { prefersJson } from "../../http/request/accept.ts";
import { isServerFault, problemHeaders, statusOf } from "../../http/response/problem-response.ts";
import { Problem, type ProblemCode } from "../../problem.ts";
import type { AssetName } from "../static/asset.ts";
import { show } from "./layout/layout.tsx";
import { retryAdvice } from "./layout/problem-page.tsx";
import { type Child, html, Markup, raw } from "./markup/markup.ts";

/** What a form shows: the values typed or stored, and which of them were refused. */
export interface Entry {
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly refusal?: Problem;
}

/** Failures after which the form is shown again, so that nothing typed is lost. */
const worthAnotherTry: ReadonlySet<ProblemCode> = new Set([
  "invalid",
  "conflict",
  "unauthenticated",
  "too_many",
  "busy",
  "storage_full",
  "over_quota",
] as const);

/** Handles a posted form. If it is refused, a browser gets the form again from `showAgain`; a program gets the problem. */
export async function submit(
  call: Call,
  attempt: () => Promise<Response>,
  showAgain: (refusal: Problem) => Response | Promise<Response>,
): Promise<Response> {
  try {
    return await attempt();
  } catch (thrown) {
    if (!(thrown instanceof Problem) || !worthAnotherTry.has(thrown.code)) throw thrown;
    if (prefersJson(call.request)) throw thrown;
    if (isServerFault(thrown)) {
      call.app.log.error({ err: thrown.cause ?? thrown, code: thrown.code }, thrown.message);
    }
    return await showAgain(thrown);
  }
}

interface FormPageOptions {
  readonly title: string;
  readonly entry: Entry;
  readonly scripts?: readonly AssetName[];
  readonly sheets?: readonly AssetName[];
  /** Of a form that is not refused. */
  readonly status?: number;
}

/** Responds with a page that holds a form; a wrong password counts as a refused field, too. */
export function showForm(
  call: Call,
  { entry: { refusal }, ...options }: FormPageOptions,
  content: Child,
): Promise<Response> {
  if (refusal === undefined) return show(call, options, content);
  const status = statusOf[refusal.code === "unauthenticated" ? "invalid" : refusal.code];
  return show(call, { ...options, status, headers: problemHeaders(refusal) }, content);
}

interface PostFormProps {
  readonly action: string;
  readonly entry: Entry;
  /** "off": the browser does not tick again what was ticked before. */
  readonly autocomplete?: "off";
  /** For a form with a file. */
  readonly enctype?: "multipart/form-data";
  readonly "data-upload"?: string;
  readonly "data-portions"?: string;
  readonly "data-chunk"?: string;
  readonly children?: Child;
}

/** A form that posts to `action`, with the reason for a refusal above it. */
export function PostForm({ entry: { refusal }, children, ...form }: PostFormProps) {
  return (
    <form method="post" {...form}>
      {refusal && <RefusalBox refusal={refusal} />}
      {children}
    </form>
  );
}

/** The reason for a refusal, and when to try again. */
export function RefusalBox({ refusal }: { refusal: Problem }) {
  return (
    <div class="callout border-danger" role="alert">
      {refusal.message} {retryAdvice(refusal)}
    </div>
  );
}

/** Whether one of these fields was refused. */
export function isRefused({ refusal }: Entry, names: readonly string[]): boolean {
  return names.some((name) => refusal?.fields[name] !== undefined);
}

interface FieldProps {
  readonly entry: Entry;
  readonly name: string;
  readonly label: string;
  readonly help?: Child;
}

interface InputProps extends FieldProps {
  readonly type?: "password" | "file" | "datetime-local";
  readonly placeholder?: string;
  readonly inputmode?: "url" | "numeric";
  readonly autocapitalize?: "none";
  readonly autocomplete?: "off" | "username" | "current-password" | "new-password";
  readonly max?: string;
  readonly required?: boolean;
  /** For files: whether several may be chosen, or a folder. */
  readonly multiple?: boolean;
  readonly webkitdirectory?: boolean;
  /** Whether it has the focus when the page opens. */
  readonly focused?: boolean;
  /** For a file: which ones the browser offers, and what is checked before one is sent (assets/upload.js). */
  readonly accept?: string;
  readonly "data-max-bytes"?: string;
  readonly "data-too-large"?: string;
  readonly "data-not-allowed"?: string;
  /** Address that checks the value while it is typed (assets/link-form.js). */
  readonly "data-check"?: string;
  /** Address that suggests tags while they are typed (assets/tags.js). */
  readonly "data-suggest"?: string;
}

/** One line of text, or another `type`. A password is never written back into the page. */
export function InputField({ entry, name, label, help, focused, ...input }: InputProps) {
  const value = input.type === "password" ? undefined : entry.values[name];
  return (
    <Labelled entry={entry} name={name} label={label} help={help}>
      <input
        {...input}
        {...wiring(entry, name, help)}
        {...(focused && { autofocus: true })}
        class={classOf("form-control", entry, name)}
        value={value}
      />
    </Labelled>
  );
}

interface TextAreaProps extends FieldProps {
  readonly rows: number;
  readonly class?: string;
  readonly "data-draft"?: string;
  readonly autocapitalize?: "none";
  readonly autocomplete?: "off";
}

/** Several lines of text. */
export function TextArea({ entry, name, label, help, ...area }: TextAreaProps) {
  return (
    <Labelled entry={entry} name={name} label={label} help={help}>
      <textarea
        {...area}
        {...wiring(entry, name, help)}
        class={classOf(`form-control ${area.class ?? ""}`.trim(), entry, name)}
      >
        {/* A browser drops the first line break after the tag. */}
        {`\n${entry.values[name] ?? ""}`}
      </textarea>
    </Labelled>
  );
}

type Option = readonly [value: string, words: string];

type RadiosProps = FieldProps & {
  /** Each a value and its label. */
  readonly options: readonly Option[];
};

/** Radio buttons. Without a known value, the first is chosen. */
export function Radios({ entry, name, label, help, options }: RadiosProps) {
  const known = options.some(([value]) => value === entry.values[name]);
  const chosen = known ? entry.values[name] : options[0]?.[0];
  return (
    <fieldset class="mb-3" {...describing(entry, name, help)}>
      <legend class="form-label fs-6">{label}</legend>
      {options.map(([value, words]) => (
        <div class="form-check form-check-inline">
          <input
            class={classOf("form-check-input", entry, name)}
            type="radio"
            id={`${name}-${value}`}
            name={name}
            value={value}
            checked={value === chosen}
          />
          <label class="form-check-label" for={`${name}-${value}`}>
            {words}
          </label>
        </div>
      ))}
      <Remarks entry={entry} name={name} help={help} />
    </fieldset>
  );
}

type SelectProps = FieldProps & {
  /** Each a value and its label, or an `<option>` that is written, and not chosen. */
  readonly options: readonly (Option | Markup)[];
};

/** A drop-down list. */
export function Select({ entry, name, label, help, options }: SelectProps) {
  return (
    <Labelled entry={entry} name={name} label={label} help={help}>
      <select {...wiring(entry, name, help)} class={classOf("form-select", entry, name)}>
        {options.map((option) =>
          option instanceof Markup ? option : optionOf(option, entry.values[name]),
        )}
      </select>
    </Labelled>
  );
}

function optionOf([value, words]: Option, chosen: string | undefined): Child {
  return html`<option value="${value}"${value === chosen && SELECTED}>${words}</option>`;
}

const SELECTED = raw(' selected=""');

/** A checkbox. The hidden field says that it was there and left empty; if ticked, the first of the two counts. */
export function Checkbox({ entry, name, label, help }: FieldProps) {
  return (
    <div class="form-check mb-3">
      <input
        {...wiring(entry, name, help)}
        class={classOf("form-check-input", entry, name)}
        type="checkbox"
        value="on"
        checked={entry.values[name] === "on"}
      />
      <input type="hidden" name={name} value="off" />
      <label class="form-check-label" for={name}>
        {label}
      </label>
      <Remarks entry={entry} name={name} help={help} />
    </div>
  );
}

function Labelled({ children, ...field }: FieldProps & { readonly children?: Child }) {
  return (
    <div class="mb-3">
      <label class="form-label" for={field.name}>
        {field.label}
      </label>
      {children}
      <Remarks {...field} />
    </div>
  );
}

/** The reason why a field was refused, and its help text. */
function Remarks({ entry, name, help }: Omit<FieldProps, "label">) {
  const refused = entry.refusal?.fields[name];
  return (
    <>
      {refused && (
        <div class="invalid-feedback" id={`${name}-problem`}>
          {refused}
        </div>
      )}
      {help && (
        <div class="form-text" id={`${name}-help`}>
          {help}
        </div>
      )}
    </>
  );
}

/** Attributes that tie a control to its name, its label and its remarks. */
function wiring(entry: Entry, name: string, help: Child) {
  return {
    id: name,
    name,
    "aria-invalid": isRefused(entry, [name]) ? ("true" as const) : undefined,
    ...describing(entry, name, help),
  };
}

function describing(entry: Entry, name: string, help: Child) {
  const remarks = [isRefused(entry, [name]) && `${name}-problem`, help && `${name}-help`].filter(
    Boolean,
  );
  return { "aria-describedby": remarks.length > 0 ? remarks.join(" ") : undefined };
}

function classOf(control: string, entry: Entry, name: string): string {
  return isRefused(entry, [name]) ? `${control} is-invalid` : control;
}
