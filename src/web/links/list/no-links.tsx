/** @jsxImportSource #markup */
import { href } from "../../../http/urls.ts";
import { Empty } from "../../ui/empty.tsx";
import { addressOf, fromStart, isFiltered, type ListView } from "./list-view.ts";
import { text } from "./text.en.ts";

/** Shown in place of an empty list: how to add the first link, or how to find more. */
export function NoLinks({ view }: { view: ListView }) {
  return isFiltered(view) ? <NoLinksFound view={view} /> : <NoLinksYet />;
}

function NoLinksYet() {
  return (
    <Empty title={text.none.yet}>
      <p>{text.none.firstHint}</p>
      <a class="btn btn-primary" href={href("add")}>
        {text.none.addFirst}
      </a>
    </Empty>
  );
}

/** Searches that may find more. That there are no links is said where their number stands, above. */
function NoLinksFound({ view }: { view: ListView }) {
  const broader = broaderSearches(view);
  return (
    <ul class="list-unstyled">
      {broader.length > 1 &&
        broader.map(([label, changes]) => (
          <li>
            <a href={addressOf(fromStart(view, changes))}>{label}</a>
          </li>
        ))}
      <li>
        <a href={href("links")}>{text.none.all}</a>
      </li>
    </ul>
  );
}

type Search = readonly [label: string, changes: Partial<ListView>];

/** The view without each of its filters. */
function broaderSearches(view: ListView): readonly Search[] {
  const searches: (Search | false)[] = [
    view.text !== "" && [text.none.anyText, { text: "" }],
    view.kind !== null && [text.none.anyKind, { kind: null }],
    view.status !== null && [text.none.anyStatus, { status: null }],
    view.tags.length > 0 && [text.none.anyTags, { tags: [] }],
    view.owner !== "" && [text.none.anyOwner, { owner: "" }],
  ];
  return searches.filter((search) => search !== false);
}
