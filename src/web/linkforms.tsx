/** @jsxImportSource hono/jsx */
import { href } from "../http/urls.ts";
import { formatLocal } from "../links/expiry.ts";
import type { RawFields } from "../links/input.ts";
import type { Link, RedirectStatus } from "../links/link.ts";
import type { ListedLink } from "../links/links.ts";
import { Checkbox, type Entry, InputField, PostForm, Select, TextArea } from "./ui/form.tsx";

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
    ...(expiresAt !== null && {
      enable_expiration: "on",
      expiration_date: formatLocal(expiresAt, zone),
    }),
  };
}

export function AddForm({ entry, zone }: ZonedEntry) {
  return (
    <div class="form-width">
      <h1 class="h3 mb-4">Add a link</h1>
      <PostForm action={href("add")} entry={entry}>
        <Target entry={entry} />
        <InputField
          entry={entry}
          name="short_code"
          label="Short code"
          help="Letters, digits, - and _. Leave empty and one is chosen for you."
          autocomplete="off"
          autocapitalize="none"
        />
        <SharedFields entry={entry} zone={zone} />
        <Buttons label="Add" />
      </PostForm>
    </div>
  );
}

export function EditForm({ link, entry, zone }: ZonedEntry & { readonly link: Link }) {
  const { shortCode } = link;
  return (
    <div class="form-width">
      <h1 class="h3 mb-4 name">
        Edit <a href={href("open", { shortCode })}>{shortCode}</a>
      </h1>
      <PostForm action={href("editLink", { shortCode })} entry={entry}>
        <Target entry={entry} />
        <SharedFields entry={entry} zone={zone} />
        <Buttons label="Save" />
      </PostForm>
    </div>
  );
}

function Target({ entry }: { entry: Entry }) {
  return (
    <>
      <input type="hidden" name="link_type" value="redirect" />
      <InputField
        entry={entry}
        name="url"
        label="Leads to"
        placeholder="https://"
        inputmode="url"
        autocomplete="off"
        autocapitalize="none"
        required
      />
    </>
  );
}

function SharedFields({ entry, zone }: ZonedEntry) {
  return (
    <>
      <InputField
        entry={entry}
        name="title"
        label="Title"
        help="For your own list; visitors do not see it."
        autocomplete="off"
      />
      <Expiry entry={entry} zone={zone} />
      <details class="mb-4" open={hasRefusedDetails(entry)}>
        <summary class="mb-3">More options</summary>
        <TextArea entry={entry} name="note" label="Note" rows={3} />
        <Select
          entry={entry}
          name="redirect_status"
          label="How it leads there"
          options={statuses}
        />
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

/** The date shows once the box is ticked; the style sheet sees to that, without a script. */
function Expiry({ entry, zone }: ZonedEntry) {
  return (
    <fieldset class="expiry">
      <InputField
        entry={entry}
        name="expires_in"
        label="Stops working after"
        help="Such as 2h or 7d, counted from now. Leave empty to keep what is set below."
        autocomplete="off"
      />
      <Checkbox entry={entry} name="enable_expiration" label="Stops working at a given time" />
      <div class="expiry-time">
        <InputField
          entry={entry}
          name="expiration_date"
          label="Date and time"
          help={`In the time zone ${zone}.`}
          type="datetime-local"
          max="9999-12-31T23:59"
        />
      </div>
    </fieldset>
  );
}

const statuses = [
  ["302", "302: for now (the usual)"],
  ["301", "301: for good"],
  ["307", "307: for now, forms are passed on"],
  ["308", "308: for good, forms are passed on"],
] as const satisfies readonly (readonly [`${RedirectStatus}`, string])[];

function hasRefusedDetails({ refusal }: Entry): boolean {
  const fields = refusal?.fields ?? {};
  return ["note", "redirect_status", "disabled"].some((name) => name in fields);
}

function Buttons({ label }: { label: string }) {
  return (
    <div class="d-flex gap-2">
      <button class="btn btn-primary" type="submit">
        {label}
      </button>
      <a class="btn btn-link" href={href("links")}>
        Cancel
      </a>
    </div>
  );
}

/** The one-button page before a link is gone. */
export function DeleteForm({ link }: { link: ListedLink }) {
  const { shortCode, target, visits } = link;
  return (
    <div class="form-width">
      <h1 class="h3 mb-4 name">Delete {shortCode}?</h1>
      <p class="name">It leads to {target}</p>
      <p>
        Visits so far: {visits.toLocaleString("en")}. Whoever opens it from now on finds nothing,
        and its count is gone.
      </p>
      <form method="post" action={href("deleteLink", { shortCode })} class="d-flex gap-2">
        <button class="btn btn-danger" type="submit">
          Delete
        </button>
        <a class="btn btn-link" href={href("links")}>
          Keep it
        </a>
      </form>
    </div>
  );
}
