/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import { href } from "../../../http/urls.ts";
import type { ListedLink } from "../../../links/links.ts";
import { formatCount, plural } from "../../../text/format.ts";
import { DialogCancel, DialogContent } from "../../ui/dialog.tsx";
import { type Entry, InputField, PostForm } from "../../ui/post-form.tsx";
import { addressOf, type ListView } from "./list-view.ts";

interface BulkFormProps {
  readonly view: ListView;
  readonly entry: Entry;
  /** Whether the links may be given to others. */
  readonly hasOwners: boolean;
  readonly children?: Child;
}

/** The form around the list's rows: what can be done with those that are selected. */
export function BulkForm({ view, entry, hasOwners, children }: BulkFormProps) {
  return (
    <PostForm action={href("bulkLinks")} entry={entry}>
      <Whence view={view} />
      <input type="hidden" name="ask" value="on" />
      <SelectAll view={view} />
      {children}
      <div class="bulk">
        <InputField
          entry={entry}
          name="expires_in"
          label="Stop working after (2h, 7d, a date, or never)"
          autocomplete="off"
          autocapitalize="none"
        />
        <button class="btn btn-quiet mb-3" type="submit" name="action" value="expire">
          Set expiry
        </button>
        {hasOwners && <Giving entry={entry} />}
        <button
          class="btn btn-danger mb-3"
          type="submit"
          name="action"
          value="delete"
          data-dialog=""
        >
          Delete
        </button>
      </div>
    </PostForm>
  );
}

function Giving({ entry }: { entry: Entry }) {
  return (
    <>
      <InputField
        entry={entry}
        name="to"
        label="New owner (a user name)"
        autocomplete="off"
        autocapitalize="none"
      />
      <button class="btn btn-quiet mb-3" type="submit" name="action" value="give">
        Give
      </button>
    </>
  );
}

/** Where to come back to. */
function Whence({ view }: { view: ListView }) {
  return <input type="hidden" name="view" value={addressOf({ ...view, isSelected: false })} />;
}

/** Ticks every box of the page, or none; it works without a script, and leaves the address alone with one. */
function SelectAll({ view }: { view: ListView }) {
  const address = addressOf({ ...view, isSelected: !view.isSelected });
  return (
    <a id="select-all" class="small" href={address} hx-get={address} hx-push-url="false">
      {view.isSelected ? "Select none" : "Select all on this page"}
    </a>
  );
}

interface AskDeleteProps {
  readonly view: ListView;
  readonly links: readonly ListedLink[];
}

/** Asks before several links are gone; their list comes last, as it may be long. */
export function AskDelete({ view, links }: AskDeleteProps) {
  const codes = links.map((link) => link.shortCode);
  return (
    <DialogContent>
      <h1 class="h3 mb-3">
        Delete{" "}
        {plural(links.length, { one: "1 link", other: `${formatCount(links.length)} links` })}?
      </h1>
      <p>Whoever opens them from now on finds nothing, and their counts are gone.</p>
      <form method="post" action={href("bulkLinks")} class="d-flex gap-2">
        <Whence view={view} />
        <input type="hidden" name="codes" value={codes.join(",")} />
        <button class="btn btn-danger" type="submit" name="action" value="delete">
          Delete
        </button>
        <DialogCancel href={addressOf({ ...view, isSelected: false })} />
      </form>
      <ul class="list-unstyled mt-4 mb-0">
        {links.map(({ shortCode, title, target }) => (
          <li>
            <span class="fw-semibold name">{shortCode}</span>
            <bdi class="one-line small">{title || target}</bdi>
          </li>
        ))}
      </ul>
    </DialogContent>
  );
}
