/** @jsxImportSource #markup */

import { href } from "../../../http/urls.ts";
import type { LinkPage, ListedLink } from "../../../links/links.ts";
import { DialogCancel, DialogContent } from "../../ui/dialog.tsx";
import type { Child } from "../../ui/markup/markup.ts";
import { type Entry, InputField, isRefused, PostForm } from "../../ui/post-form.tsx";
import { text as shared } from "../../ui/text.en.ts";
import { addressOf, type ListView } from "./list-view.ts";
import { text } from "./text.en.ts";

interface BulkFormProps {
  readonly view: ListView;
  readonly found: LinkPage;
  readonly entry: Entry;
  /** Whether the links may be transferred. */
  readonly hasOwners: boolean;
  readonly children?: Child;
}

/** The form around the list's rows, with the actions for the selected ones. */
export function BulkForm({ view, found, entry, hasOwners, children }: BulkFormProps) {
  return (
    <PostForm action={href("bulkLinks")} entry={entry} autocomplete="off">
      <BackLink view={view} />
      <input type="hidden" name="ask" value="on" />
      <EnterButton />
      <SelectAll view={view} />
      {children}
      <div class="bulk">
        <p class="bulk-count mb-3">
          {text.bulk.selected} <span class="bulk-number" /> <ClearSelection view={view} />
        </p>
        {hasMorePages(found) && <Whole found={found} />}
        <button class="btn btn-quiet mb-3" type="submit" name="action" value="enable">
          {text.bulk.enable}
        </button>
        <button class="btn btn-quiet mb-3" type="submit" name="action" value="disable">
          {text.bulk.disable}
        </button>
        <button
          class="btn btn-danger mb-3"
          type="submit"
          name="action"
          value="delete"
          data-dialog=""
        >
          {shared.actions.delete}
        </button>
        <details class="bulk-more mb-3" open={isRefused(entry, ["expires_in", "tags", "to"])}>
          <summary>{hasOwners ? text.bulk.moreWithOwner : text.bulk.more}</summary>
          <MoreActions entry={entry} hasOwners={hasOwners} />
        </details>
      </div>
    </PostForm>
  );
}

/** The first button of a form is that which Enter in a field presses: it must not be one that changes links unasked. */
function EnterButton() {
  return (
    <button type="submit" name="action" value="filled" tabindex={-1} hidden>
      {text.bulk.apply}
    </button>
  );
}

function MoreActions({ entry, hasOwners }: Pick<BulkFormProps, "entry" | "hasOwners">) {
  return (
    <div class="bulk-fields">
      <ActionField
        entry={entry}
        name="expires_in"
        label={text.bulk.expires}
        actions={{ expire: text.bulk.setExpiry }}
      />
      <ActionField
        entry={entry}
        name="tags"
        label={text.bulk.tags}
        data-suggest={href("tags")}
        actions={{ add_tags: text.bulk.addTags, remove_tags: text.bulk.removeTags }}
      />
      {hasOwners && (
        <ActionField
          entry={entry}
          name="to"
          label={text.bulk.newOwner}
          actions={{ transfer: shared.actions.transfer }}
        />
      )}
    </div>
  );
}

interface ActionFieldProps {
  readonly entry: Entry;
  readonly name: "expires_in" | "tags" | "to";
  readonly label: string;
  /** The labels of its buttons, by the actions that they ask for. */
  readonly actions: Readonly<Record<string, string>>;
  readonly "data-suggest"?: string;
}

/** A field, with a button for each action that it is for. */
function ActionField({ actions, ...field }: ActionFieldProps) {
  return (
    <>
      <InputField {...field} autocomplete="off" autocapitalize="none" />
      {Object.entries(actions).map(([action, label]) => (
        <button class="btn btn-quiet mb-3" type="submit" name="action" value={action}>
          {label}
        </button>
      ))}
    </>
  );
}

function hasMorePages({ next, previous }: LinkPage): boolean {
  return next !== null || previous !== null;
}

/** Extends the action to all pages of the list. */
function Whole({ found: { total, isMore } }: { found: LinkPage }) {
  return (
    <label class="bulk-whole mb-3">
      <input class="form-check-input" type="checkbox" name="whole" value="on" />{" "}
      {isMore ? text.bulk.allOfMore(total) : text.bulk.allOf(total)}
    </label>
  );
}

function ClearSelection({ view }: { view: ListView }) {
  const address = addressOf({ ...view, isSelected: false });
  return (
    <a class="small" href={address} hx-get={address} hx-push-url="false">
      {text.bulk.clear}
    </a>
  );
}

/** The view to return to. */
function BackLink({ view }: { view: ListView }) {
  return <input type="hidden" name="view" value={addressOf({ ...view, isSelected: false })} />;
}

/** Ticks all checkboxes of the page, or none; works without scripts, and keeps the address with them. */
function SelectAll({ view }: { view: ListView }) {
  const address = addressOf({ ...view, isSelected: !view.isSelected });
  return (
    <a id="select-all" class="small" href={address} hx-get={address} hx-push-url="false">
      {view.isSelected ? text.bulk.selectNone : text.bulk.selectAll}
    </a>
  );
}

interface AskDeleteProps {
  readonly view: ListView;
  readonly links: readonly ListedLink[];
  readonly count: number;
  /** Whether all links of the view are deleted, of which `links` are the first. */
  readonly isWhole: boolean;
  /** How long they stay in the trash; 0: not at all. */
  readonly trashDays: number;
}

/** Asks before several links are deleted; their list comes last, as it may be long. */
export function AskDelete({ view, links, count, isWhole, trashDays }: AskDeleteProps) {
  const codes = links.map((link) => link.shortCode);
  return (
    <DialogContent>
      <h1 class="h3 mb-3">{text.bulk.deleteQuestion(count)}</h1>
      <p>{trashDays > 0 ? text.bulk.toTrash(trashDays) : text.bulk.deleteWarning}</p>
      <form method="post" action={href("bulkLinks")} class="d-flex gap-2">
        <BackLink view={view} />
        {isWhole ? (
          <input type="hidden" name="whole" value="on" />
        ) : (
          <input type="hidden" name="codes" value={codes.join(",")} />
        )}
        <button class="btn btn-danger" type="submit" name="action" value="delete">
          {shared.actions.delete}
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
        {count > links.length && <li>{text.bulk.andMore(count - links.length)}</li>}
      </ul>
    </DialogContent>
  );
}
