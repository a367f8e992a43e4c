import { Icon } from "../icon.tsx";
import { type Child, html } from "../markup/markup.ts";
import { text } from "../text.en.ts";

interface SearchBoxProps {
  readonly value: string;
  /** What is searched, as in `Username or name`. */
  readonly placeholder: string;
}

/** The search field `q` of a list's filter (list.css). */
export function SearchBox({ value, placeholder }: SearchBoxProps): Child {
  return html`<div class=filter-text><label class=form-label for=q>${text.actions.search}</label><div class=input-group><span class=input-group-text>${Icon({ name: "search" })}</span><input class=form-control id=q name=q type=search value="${value}" placeholder="${placeholder}" autocomplete=off autocapitalize=none spellcheck=false></div></div>`;
}
