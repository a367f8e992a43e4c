/** @jsxImportSource hono/jsx */

import type { Child } from "hono/jsx";
import { withQuery } from "../../../http/urls.ts";
import { type Kind, kinds } from "../../../links/link.ts";
import type { PageOptions } from "../../ui/layout/layout.tsx";
import { Checkbox, type Entry, InputField, Select } from "../../ui/post-form.tsx";
import { redirectWords } from "../link-labels.ts";
import { type KindProps, SourceFields } from "./source-fields.tsx";

/** What a kind of link asks for; a new kind is a row. */
interface KindForm {
  /** The tab's words. */
  readonly words: string;
  /** The fields that only this kind has. */
  readonly Fields: (props: KindProps) => Child;
  /** What else may be set of it, behind "More options". */
  readonly Options: (props: KindProps) => Child;
}

const kindForms: Readonly<Record<Kind, KindForm>> = {
  redirect: { words: "Another address", Fields: Target, Options: RedirectStatusField },
  file: { words: "A file", Fields: FileField, Options: InlineField },
  markdown: { words: "A document (Markdown)", Fields: MarkdownField, Options: NoOptions },
  html: { words: "A page (HTML)", Fields: HtmlField, Options: NoOptions },
};

/** The kind that is asked for, or else `usual`. */
export function kindIn({ values }: Entry, usual: Kind): Kind {
  return kinds.find((kind) => kind === values.link_type) ?? usual;
}

/** What the page of a kind's form loads. */
export function assetsFor(kind: Kind): Pick<PageOptions, "scripts" | "sheets"> {
  if (kind === "redirect") return { scripts: ["linkform.js"] };
  return {
    scripts: ["linkform.js", "upload.js", "editor.js", "codeeditor.js", "draft.js"],
    sheets: ["upload.css", "editor.css", "code.css"],
  };
}

/** A tab for each kind; each leads to the form at `address` for its kind. */
export function KindTabs({ shown, address }: { shown: Kind; address: string }) {
  return (
    <ul class="nav nav-tabs mb-4">
      {kinds.map((kind) => (
        <li class="nav-item">
          <a
            class={kind === shown ? "nav-link active" : "nav-link"}
            href={withQuery(address, { link_type: kind })}
            aria-current={kind === shown ? "page" : undefined}
          >
            {kindForms[kind].words}
          </a>
        </li>
      ))}
    </ul>
  );
}

export function KindFields({ kind, ...props }: KindProps & { readonly kind: Kind }) {
  const { Fields } = kindForms[kind];
  return (
    <>
      <input type="hidden" name="link_type" value={kind} />
      <Fields {...props} />
    </>
  );
}

export function KindOptions({ kind, ...props }: KindProps & { readonly kind: Kind }) {
  const { Options } = kindForms[kind];
  return <Options {...props} />;
}

function Target({ entry }: KindProps) {
  return (
    <InputField
      entry={entry}
      name="url"
      label="Leads to"
      placeholder="https://"
      inputmode="url"
      autocomplete="off"
      autocapitalize="none"
      focused={entry.values.url === undefined}
      required
    />
  );
}

function RedirectStatusField({ entry }: KindProps) {
  return (
    <Select
      entry={entry}
      name="redirect_status"
      label="How it leads there"
      options={[...redirectWords].map(([status, words]) => [String(status), words] as const)}
    />
  );
}

function FileField(props: KindProps) {
  return <SourceFields {...props} kind="file" words={["Text", "File"]} />;
}

function InlineField({ entry }: KindProps) {
  return (
    <Checkbox
      entry={entry}
      name="inline"
      label="Show it in the browser"
      help="Pictures, sound, film, PDF and plain text only; anything else is saved to a file."
    />
  );
}

function MarkdownField(props: KindProps) {
  return <SourceFields {...props} kind="markdown" words={["Markdown", "Markdown file"]} />;
}

function HtmlField(props: KindProps) {
  return <SourceFields {...props} kind="html" words={["HTML", "HTML file"]} />;
}

function NoOptions() {
  return null;
}
