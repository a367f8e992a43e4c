/** @jsxImportSource #markup */
import { href, withQuery } from "../../http/urls.ts";
import type { ListedLink } from "../../links/links.ts";
import { text as shared } from "../ui/text.en.ts";
import { text } from "./text.en.ts";

/** Transfers one link to another owner, and then shows it in the list. */
export function TransferForm({ link: { shortCode } }: { link: ListedLink }) {
  return (
    <details class="mt-1">
      <summary>{text.transfer.title}</summary>
      <form method="post" action={href("bulkLinks")} class="mt-2">
        <input type="hidden" name="codes" value={shortCode} />
        <input type="hidden" name="view" value={withQuery(href("links"), { q: shortCode })} />
        <label class="form-label" for="to">
          {shared.labels.username}
        </label>
        <div class="input-group">
          <input
            class="form-control"
            id="to"
            name="to"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            required
          />
          <button class="btn btn-primary" type="submit" name="action" value="transfer">
            {shared.actions.transfer}
          </button>
        </div>
      </form>
    </details>
  );
}
