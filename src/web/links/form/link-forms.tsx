/** @jsxImportSource hono/jsx */

import type { Child } from "hono/jsx";
import type { Call } from "../../../http/call.ts";
import { href } from "../../../http/urls.ts";
import { formatLocal } from "../../../links/expiry.ts";
import type { Kind, Link } from "../../../links/link.ts";
import type { RawFields } from "../../../links/link-input.ts";
import type { ListedLink } from "../../../links/links.ts";
import { formatCount, plural } from "../../../text/format.ts";
import { signedIn } from "../../signed-in.ts";
import { DialogContent } from "../../ui/dialog.tsx";
import { PageHead } from "../../ui/layout/layout.tsx";
import { Checkbox, type Entry, InputField, PostForm, TextArea } from "../../ui/post-form.tsx";
import { zoneOf } from "../../ui/time.tsx";
import { Bookmarklet } from "../bookmarklet.tsx";
import { ExpiryFields } from "./expiry-fields.tsx";
import { UploadProgress, uploading } from "./file-input.tsx";
import { FormId } from "./form-token.tsx";
import { KindFields, KindOptions, KindTabs, kindIn } from "./kind-fields.tsx";
import type { KindProps } from "./source-fields.tsx";

/** The fields of a stored link as its form shows them. */
export function fieldsOf(link: Link, zone: string): RawFields {
  const { expiresAt } = link;
  return {
    url: link.target,
    title: link.title,
    note: link.note,
    redirect_status: String(link.redirectStatus),
    disabled: link.disabled ? "on" : "off",
    inline: link.inline ? "on" : "off",
    expiry: expiresAt === null ? "never" : "date",
    ...(expiresAt !== null && { expiration_date: formatLocal(expiresAt, zone) }),
  };
}

interface FormProps {
  readonly call: Call;
  readonly entry: Entry;
}

export function AddForm({ call, entry }: FormProps) {
  const kind = kindIn(entry, "redirect");
  const address = href("add");
  const draft = `${signedIn(call).user.username} + new`;
  const asked = { kind, entry, settings: call.settings, content: null, draft };
  return (
    <div class="form-width">
      <PageHead title="Add a link" />
      <KindTabs shown={kind} address={address} />
      <LinkForm kind={kind} action={address} entry={entry}>
        <FormId app={call.app} />
        <KindFields {...asked} />
        <InputField
          entry={entry}
          name="short_code"
          label="Short code"
          help="Letters, digits, - and _. Leave empty and one is chosen for you."
          autocomplete="off"
          autocapitalize="none"
          data-check={href("checkCode")}
        />
        <SharedFields {...asked} zone={zoneOf(call)} />
        <Buttons label="Create" back={href("links")} />
      </LinkForm>
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

export function EditForm({ call, link, entry }: FormProps & { readonly link: Link }) {
  const { shortCode, content } = link;
  const kind = kindIn(entry, link.kind);
  const address = href("editLink", { shortCode });
  const draft = `${signedIn(call).user.username} ${shortCode}`;
  const asked = { kind, entry, settings: call.settings, content, draft };
  return (
    <div class="form-width">
      <PageHead
        title={
          <span class="name">
            Edit <a href={href("open", { shortCode })}>{shortCode}</a>
          </span>
        }
      />
      <KindTabs shown={kind} address={address} />
      <LinkForm kind={kind} action={address} entry={entry}>
        <KindFields {...asked} />
        <SharedFields {...asked} zone={zoneOf(call)} />
        <Buttons label="Save" back={href("linkPage", { shortCode })} />
      </LinkForm>
    </div>
  );
}

interface LinkFormProps {
  readonly kind: Kind;
  readonly action: string;
  readonly entry: Entry;
  readonly children?: Child;
}

/** A form that brings a file where its kind has one. */
function LinkForm({ kind, ...form }: LinkFormProps) {
  if (kind === "redirect") return <PostForm {...form} />;
  return (
    <>
      <PostForm {...form} {...uploading} />
      <UploadProgress />
    </>
  );
}

function SharedFields({
  zone,
  ...asked
}: KindProps & { readonly kind: Kind; readonly zone: string }) {
  const { entry } = asked;
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
        <KindOptions {...asked} />
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
  const { shortCode, target, content, visits } = link;
  return (
    <DialogContent>
      <h1 class="h3 mb-4 name">Delete {shortCode}?</h1>
      <p class="name">
        {content === null ? `It leads to ${target}` : `It hands out ${content.name}`}
      </p>
      <p>
        It was opened {plural(visits, { one: "1 time", other: `${formatCount(visits)} times` })} so
        far. Whoever opens it from now on finds nothing, and its count is gone.
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
