/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { Call } from "../http/call.ts";
import { href, withQuery } from "../http/urls.ts";
import { formatLocal } from "../links/expiry.ts";
import type { RawFields } from "../links/input.ts";
import { type Kind, kinds, type Link } from "../links/link.ts";
import type { ListedLink } from "../links/links.ts";
import { Bookmarklet } from "./bookmarklet.tsx";
import { ExpiryFields } from "./expiryfields.tsx";
import { FormId } from "./formid.tsx";
import { redirectWords } from "./linkwords.ts";
import { DialogContent } from "./ui/dialog.tsx";
import { Checkbox, type Entry, InputField, PostForm, Select, TextArea } from "./ui/form.tsx";
import { PageHead } from "./ui/layout.tsx";
import { countOf } from "./ui/number.ts";

interface ZonedEntry {
  readonly entry: Entry;
  /** IANA name: how the expiry is read and written. */
  readonly zone: string;
}

/** The fields of a stored link as its form shows them. */
export function fieldsOf(link: Link, zone: string): RawFields {
  const { expiresAt } = link;
  return {
    url: link.target,
    title: link.title,
    note: link.note,
    redirect_status: String(link.redirectStatus),
    disabled: link.disabled ? "on" : "off",
    expiry: expiresAt === null ? "never" : "date",
    ...(expiresAt !== null && { expiration_date: formatLocal(expiresAt, zone) }),
  };
}

/** What a kind of link asks for; a new kind is a row. */
interface KindForm {
  /** The tab's words. */
  readonly words: string;
  /** The fields that only this kind has. */
  readonly Fields: (props: { entry: Entry }) => Child;
  /** What else may be set of it, behind "More options". */
  readonly Options: (props: { entry: Entry }) => Child;
}

const kindForms: Readonly<Record<Kind, KindForm>> = {
  redirect: { words: "Another address", Fields: Target, Options: RedirectStatusField },
  file: { words: "A file", Fields: FileField, Options: InlineField },
  markdown: { words: "A document", Fields: MarkdownField, Options: NoOptions },
  html: { words: "A web page", Fields: HtmlField, Options: NoOptions },
};

export function AddForm({ call, entry, zone }: ZonedEntry & { readonly call: Call }) {
  const kind = kindIn(entry);
  return (
    <div class="form-width">
      <PageHead title="Add a link" />
      <KindTabs shown={kind} />
      <PostForm action={href("add")} entry={entry}>
        <FormId app={call.app} />
        <KindFields kind={kind} entry={entry} />
        <InputField
          entry={entry}
          name="short_code"
          label="Short code"
          help="Letters, digits, - and _. Leave empty and one is chosen for you."
          autocomplete="off"
          autocapitalize="none"
          data-check={href("checkCode")}
        />
        <SharedFields kind={kind} entry={entry} zone={zone} />
        <Buttons label="Create" back={href("links")} />
      </PostForm>
      <aside class="border-top mt-5 pt-3">
        <p>
          Drag this button to your bookmarks bar, and any page you look at gets a short link with
          one press.
        </p>
        <Bookmarklet origin={call.client.origin} />
      </aside>
    </div>
  );
}

/** A tab for each kind, once there are several to choose from. */
function KindTabs({ shown }: { shown: Kind }) {
  if (kinds.length < 2) return null;
  return (
    <ul class="nav nav-tabs mb-4">
      {kinds.map((kind) => (
        <li class="nav-item">
          <a
            class={kind === shown ? "nav-link active" : "nav-link"}
            href={withQuery(href("add"), { link_type: kind })}
            aria-current={kind === shown ? "page" : undefined}
          >
            {kindForms[kind].words}
          </a>
        </li>
      ))}
    </ul>
  );
}

function kindIn({ values }: Entry): Kind {
  return kinds.find((kind) => kind === values.link_type) ?? "redirect";
}

export function EditForm({ link, entry, zone }: ZonedEntry & { readonly link: Link }) {
  const { shortCode, kind } = link;
  return (
    <div class="form-width">
      <PageHead
        title={
          <span class="name">
            Edit <a href={href("open", { shortCode })}>{shortCode}</a>
          </span>
        }
      />
      <PostForm action={href("editLink", { shortCode })} entry={entry}>
        <KindFields kind={kind} entry={entry} />
        <SharedFields kind={kind} entry={entry} zone={zone} />
        <Buttons label="Save" back={href("linkPage", { shortCode })} />
      </PostForm>
    </div>
  );
}

function KindFields({ kind, entry }: { kind: Kind; entry: Entry }) {
  const { Fields } = kindForms[kind];
  return (
    <>
      <input type="hidden" name="link_type" value={kind} />
      <Fields entry={entry} />
    </>
  );
}

function Target({ entry }: { entry: Entry }) {
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

function RedirectStatusField({ entry }: { entry: Entry }) {
  return (
    <Select
      entry={entry}
      name="redirect_status"
      label="How it leads there"
      options={[...redirectWords].map(([status, words]) => [String(status), words] as const)}
    />
  );
}

function SharedFields({ kind, entry, zone }: ZonedEntry & { readonly kind: Kind }) {
  const { Options } = kindForms[kind];
  return (
    <>
      <InputField
        entry={entry}
        name="title"
        label="Title"
        help="For your own list; visitors do not see it."
        autocomplete="off"
      />
      <ExpiryFields entry={entry} zone={zone} />
      <details class="mb-4" open={hasRefusedDetails(entry)}>
        <summary class="mb-3">More options</summary>
        <TextArea entry={entry} name="note" label="Note" rows={3} />
        <Options entry={entry} />
        <Checkbox
          entry={entry}
          name="disabled"
          label="Switched off"
          help="The link answers nobody until it is switched on again."
        />
      </details>
    </>
  );
}

function hasRefusedDetails({ refusal }: Entry): boolean {
  const fields = refusal?.fields ?? {};
  return ["note", "redirect_status", "disabled"].some((name) => name in fields);
}

function Buttons({ label, back }: { label: string; back: string }) {
  return (
    <div class="page-actions">
      <button class="btn btn-primary" type="submit">
        {label}
      </button>
      <a class="btn btn-quiet" href={back}>
        Cancel
      </a>
    </div>
  );
}

/** The question before a link is gone. */
export function DeleteForm({ link }: { link: ListedLink }) {
  const { shortCode, target, visits } = link;
  return (
    <DialogContent>
      <h1 class="h3 mb-4 name">Delete {shortCode}?</h1>
      <p class="name">It leads to {target}</p>
      <p>
        It was opened {countOf(visits, "time")} so far. Whoever opens it from now on finds nothing,
        and its count is gone.
      </p>
      <form method="post" action={href("deleteLink", { shortCode })} class="page-actions">
        <button class="btn btn-danger" type="submit">
          Delete
        </button>
        <a class="btn btn-quiet" href={href("linkPage", { shortCode })} data-dialog-close="">
          Keep it
        </a>
      </form>
    </DialogContent>
  );
}

function FileField({ entry }: { entry: Entry }) {
  return <InputField entry={entry} name="file" label="File" type="file" />;
}

function InlineField({ entry }: { entry: Entry }) {
  return (
    <Checkbox
      entry={entry}
      name="inline"
      label="Show it in the browser"
      help="Pictures, sound, film, PDF and plain text only; anything else is saved to a file."
    />
  );
}

function MarkdownField({ entry }: { entry: Entry }) {
  return <InputField entry={entry} name="markdown_file" label="Markdown file" type="file" />;
}

function HtmlField({ entry }: { entry: Entry }) {
  return <InputField entry={entry} name="html_file" label="HTML file" type="file" />;
}

function NoOptions() {
  return null;
}
