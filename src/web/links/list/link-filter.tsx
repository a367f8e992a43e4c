/** @jsxImportSource hono/jsx */
import { href } from "../../../http/urls.ts";
import { kinds, linkStatuses } from "../../../links/link.ts";
import { type LinkSort, linkSorts, usualDirections } from "../../../links/list/list-query.ts";
import { SearchBox } from "../../ui/list/search-box.tsx";
import { kindWords, statusWords } from "../link-labels.ts";
import type { ListView } from "./list-view.ts";

/** By this id the list knows that it was asked for by the form: see `list`. */
export const FILTER_ID = "find";

type Option = readonly [value: string, words: string];

const sortWords: Readonly<Record<LinkSort, string>> = {
  created: "When created",
  code: "Short code",
  visits: "Visits",
  expiry: "When it expires",
  last_visit: "Last visit",
};

/** What is searched for and how it is sorted. With htmx the list follows while one types. */
export function LinkFilter({ view, hasOwners }: { view: ListView; hasOwners: boolean }) {
  const address = href("links");
  return (
    <search>
      <form
        id={FILTER_ID}
        class="filter"
        method="get"
        action={address}
        hx-get={address}
        hx-trigger="submit, input delay:300ms"
        hx-sync="this:replace"
      >
        <SearchBox value={view.text} placeholder="Short code, title or target" />
        <Choice name="kind" label="Kind" options={kindOptions} chosen={view.kind} />
        <Choice name="status" label="State" options={statusOptions} chosen={view.status} />
        {hasOwners && <OwnerBox owner={view.owner} />}
        <Order view={view} />
        <button class="btn btn-primary" type="submit">
          Search
        </button>
      </form>
    </search>
  );
}

const kindOptions: readonly Option[] = [
  ["", "Any kind"],
  ...kinds.map((kind): Option => [kind, kindWords[kind]]),
];

const statusOptions: readonly Option[] = [
  ["", "Any state"],
  ...linkStatuses.map((status): Option => [status, statusWords[status]]),
];

function OwnerBox({ owner }: { owner: string }) {
  return (
    <div class="filter-owner">
      <label class="form-label" for="owner">
        Owner
      </label>
      <input
        class="form-control"
        id="owner"
        name="owner"
        value={owner}
        placeholder="Anybody"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
      />
    </div>
  );
}

/** Sorting by a column's head changes these two as well, so the list brings them along. */
function Order({ view: { sort, direction } }: { view: ListView }) {
  return (
    <div class="filter-order" id="order">
      <Choice name="sort" label="Sorted by" options={sortOptions} chosen={sort} />
      <Choice
        name="direction"
        label="Order"
        options={directionOptions}
        chosen={direction === usualDirections[sort] ? "" : direction}
      />
    </div>
  );
}

const sortOptions = linkSorts.map((sort): Option => [sort, sortWords[sort]]);

/** The usual one comes first, so that another column is sorted its own usual way. */
const directionOptions: readonly Option[] = [
  ["", "As usual"],
  ["asc", "Ascending"],
  ["desc", "Descending"],
];

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly options: readonly Option[];
  readonly chosen: string | null;
}

function Choice({ name, label, options, chosen }: ChoiceProps) {
  return (
    <div>
      <label class="form-label" for={name}>
        {label}
      </label>
      <select class="form-select" id={name} name={name}>
        {options.map(([value, words]) => (
          <option value={value} selected={value === chosen}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}
