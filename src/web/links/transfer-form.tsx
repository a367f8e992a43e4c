/** @jsxImportSource hono/jsx */
import { href, withQuery } from "../../http/urls.ts";
import type { ListedLink } from "../../links/links.ts";

/** Gives one link to another owner; the list then tells of it. */
export function GiveForm({ link: { shortCode } }: { link: ListedLink }) {
  return (
    <details class="mt-1">
      <summary>Give it to somebody else</summary>
      <form method="post" action={href("bulkLinks")} class="mt-2">
        <input type="hidden" name="codes" value={shortCode} />
        <input type="hidden" name="view" value={withQuery(href("links"), { q: shortCode })} />
        <label class="form-label" for="to">
          User name
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
          <button class="btn btn-primary" type="submit" name="action" value="give">
            Give
          </button>
        </div>
      </form>
    </details>
  );
}
