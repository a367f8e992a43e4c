import { href, withQuery } from "../../http/urls.ts";
import { type Child, html } from "../ui/markup/markup.ts";

/** The tags of a link, each with the list of the links that have it; a tag may be in a script of either direction. */
export function tagLinks(tags: readonly string[]): Child {
  const links = tags.map(
    (tag) => html`<a dir=auto href="${withQuery(href("links"), { tag })}">${tag}</a>`,
  );
  return tags.length > 0 && html`<div class=tags>${links}</div>`;
}
