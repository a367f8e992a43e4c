/** @jsxImportSource #markup */

import { withQuery } from "../../../http/urls.ts";
import { hasContent, type Kind, kinds, type RedirectStatus } from "../../../links/link.ts";
import type { PageOptions } from "../../ui/layout/layout.tsx";
import type { Child } from "../../ui/markup/markup.ts";
import { Checkbox, type Entry, InputField, Select } from "../../ui/post-form.tsx";
import { CollectionFields } from "../files/collection-fields.tsx";
import { MetadataField } from "../files/metadata-field.tsx";
import { VIEW } from "../list/back-to-list.ts";
import { text as linkText } from "../text.en.ts";
import { UPLOAD_FIELD } from "./sent-form.ts";
import { type KindProps, SourceFields } from "./source-fields.tsx";
import { text } from "./text.en.ts";

/** In the order in which the form lists them, the default first. */
const redirectTypes = [302, 301, 307, 308] as const satisfies readonly RedirectStatus[];

/** The part of the form that only a kind has; a new kind is a row here and one in links/link.ts. */
interface KindForm {
  readonly Fields: (props: KindProps) => Child;
  /** The fields behind "More options". */
  readonly Options: (props: KindProps) => Child;
}

const kindForms: Readonly<Record<Kind, KindForm>> = {
  redirect: { Fields: Target, Options: RedirectOptions },
  file: { Fields: FileFields, Options: FileOptions },
  markdown: { Fields: (props) => <SourceFields {...props} kind="markdown" />, Options: EmbedField },
  html: { Fields: (props) => <SourceFields {...props} kind="html" />, Options: EmbedField },
  collection: { Fields: CollectionFields, Options: EmbedField },
};

/** The kind whose form is asked for, or else `usual`. */
export function kindIn({ values }: Entry, usual: Kind): Kind {
  return kinds.find((kind) => kind === values.link_type) ?? usual;
}

/** The scripts and style sheets of a kind's form. */
export function assetsFor(kind: Kind, isChange = false): Pick<PageOptions, "scripts" | "sheets"> {
  if (kind === "collection" && !isChange)
    return { scripts: ["linkform.js", "tags.js", "portions.js", "files.js"] };
  if (!hasContent(kind)) return { scripts: ["linkform.js", "tags.js"] };
  return {
    scripts: [
      "linkform.js",
      "tags.js",
      "portions.js",
      "upload.js",
      "attach.js",
      "editor.js",
      "codeeditor.js",
      "draft.js",
      ...(kind === "html" ? (["folder.js"] as const) : []),
    ],
    sheets: ["upload.css", "editor.css", "code.css"],
  };
}

interface KindTabsProps {
  readonly shown: Kind;
  readonly address: string;
  /** The list to return to; "" for none. */
  readonly view?: string;
  /** Whether the link exists: no other kind becomes a collection. */
  readonly isChange?: boolean;
}

/** A tab for each kind, which opens the form at `address` for it. */
export function KindTabs({ shown, address, view = "", isChange = false }: KindTabsProps) {
  const offered = (kind: Kind) => !isChange || kind !== "collection";
  return (
    <ul class="nav nav-tabs mb-4">
      {kinds.filter(offered).map((kind) => (
        <li class="nav-item">
          <a
            class={kind === shown ? "nav-link active" : "nav-link"}
            href={withQuery(address, { link_type: kind, [VIEW]: view || null })}
            aria-current={kind === shown ? "page" : undefined}
          >
            {text.tabs[kind]}
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
      label={text.target}
      placeholder="https://"
      inputmode="url"
      autocomplete="off"
      autocapitalize="none"
      focused={entry.values.url === undefined}
      required
    />
  );
}

function RedirectOptions({ entry }: KindProps) {
  const { site, on, off } = linkText.forwardQuery;
  return (
    <>
      <Select
        entry={entry}
        name="redirect_status"
        label={text.redirectType}
        options={redirectTypes.map(
          (status) => [String(status), linkText.redirectTypes[status]] as const,
        )}
      />
      <Select
        entry={entry}
        name="forward_query"
        label={text.forwardQuery}
        options={[
          ["", site],
          ["on", on],
          ["off", off],
        ]}
      />
    </>
  );
}

function FileFields(props: KindProps) {
  const { content, held: [held] = [] } = props;
  return (
    <>
      {held && <input type="hidden" name={UPLOAD_FIELD} value={held.id} />}
      <SourceFields {...props} content={content ?? held ?? null} kind="file" />
      <MetadataField {...props} />
    </>
  );
}

function FileOptions(props: KindProps) {
  return (
    <>
      <InlineField {...props} />
      <EmbedField {...props} />
    </>
  );
}

function EmbedField({ entry, settings }: KindProps) {
  const { label, help, orAny } = text.embedding;
  return (
    <InputField
      entry={entry}
      name="embed_hosts"
      label={label}
      help={settings["links.embed_anywhere"] ? `${help} ${orAny}` : help}
      placeholder="https://"
      autocomplete="off"
      autocapitalize="none"
    />
  );
}

function InlineField({ entry: { values, ...entry }, settings }: KindProps) {
  const inline = settings["files.inline"] ? "on" : "off";
  return (
    <Checkbox
      entry={{ ...entry, values: { inline, ...values } }}
      name="inline"
      label={text.inline}
      help={text.inlineHelp}
    />
  );
}
