/** @jsxImportSource hono/jsx */
import { href } from "../../../http/urls.ts";
import { Empty } from "../../ui/empty.tsx";
import { addressOf, fromStart, isFiltered, type ListView } from "./list-view.ts";

/** A word of one or two letters. */
const SHORT_WORD = /(?<!\S)\S{1,2}(?!\S)/u;

/** Stands for the links where none are shown: how to make the first one, or how to find more. */
export function NoLinks({ view }: { view: ListView }) {
  return isFiltered(view) ? <NothingFound view={view} /> : <NothingYet />;
}

function NothingYet() {
  return (
    <Empty title="There are no links yet.">
      <p>Add one: paste a long address, and it gets a short one that is yours.</p>
      <a class="btn btn-primary" href={href("add")}>
        Add your first link
      </a>
    </Empty>
  );
}

function NothingFound({ view }: { view: ListView }) {
  const ways = waysToFindMore(view);
  return (
    <Empty title="No link fits.">
      {SHORT_WORD.test(view.text) && (
        <p>A word of one or two letters is looked for at the beginning of short codes only.</p>
      )}
      <ul class="list-unstyled">
        {ways.length > 1 &&
          ways.map(([words, changes]) => (
            <li>
              <a href={addressOf(fromStart(view, changes))}>{words}</a>
            </li>
          ))}
        <li>
          <a href={href("links")}>Show all links</a>
        </li>
      </ul>
    </Empty>
  );
}

type Way = readonly [words: string, changes: Partial<ListView>];

/** Each filter that is set, taken away. */
function waysToFindMore({ text, kind, status, owner }: ListView): readonly Way[] {
  const ways: (Way | false)[] = [
    text !== "" && ["Look without the search words", { text: "" }],
    kind !== null && ["Look at all kinds", { kind: null }],
    status !== null && ["Look at links in any state", { status: null }],
    owner !== "" && ["Look at everybody's links", { owner: "" }],
  ];
  return ways.filter((way) => way !== false);
}
