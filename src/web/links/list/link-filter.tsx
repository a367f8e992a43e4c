/** @jsxImportSource hono/jsx */
import { href } from "../../../http/urls.ts";
import { kinds, linkStatuses } from "../../../links/link.ts";
import { linkSorts, usualDirections } from "../../../links/list/list-query.ts";
import { SearchBox } from "../../ui/list/search-box.tsx";
import { text as shared } from "../../ui/text.en.ts";
import { text as linkText } from "../text.en.ts";
import type { ListView } from "./list-view.ts";
import { text } from "./text.en.ts";

/** Id of the form, by which `list` recognises its requests. */
export const FILTER_ID = "find";

type Option = readonly [value: string, label: string];

/** Search, filters and order of the list. With htmx, the list follows while the user types. */
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
        <SearchBox value={view.text} placeholder={text.filter.search} />
        <Choice name="kind" label={text.filter.kind} options={kindOptions()} chosen={view.kind} />
        <Choice
          name="status"
          label={shared.labels.status}
          options={statusOptions()}
          chosen={view.status}
        />
        {hasOwners && <OwnerBox owner={view.owner} />}
        <Order view={view} />
        <button class="btn btn-primary" type="submit">
          {shared.actions.search}
        </button>
      </form>
    </search>
  );
}

const kindOptions = (): readonly Option[] => [
  ["", text.filter.anyKind],
  ...kinds.map((kind): Option => [kind, linkText.kinds[kind]]),
];

const statusOptions = (): readonly Option[] => [
  ["", text.filter.anyStatus],
  ...linkStatuses.map((status): Option => [status, linkText.statuses[status]]),
];

function OwnerBox({ owner }: { owner: string }) {
  return (
    <div class="filter-owner">
      <label class="form-label" for="owner">
        {shared.labels.owner}
      </label>
      <input
        class="form-control"
        id="owner"
        name="owner"
        value={owner}
        placeholder={text.filter.anyOwner}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
      />
    </div>
  );
}

/** A click on a column's heading changes these two as well, so the list swaps them, too. */
function Order({ view: { sort, direction } }: { view: ListView }) {
  return (
    <div class="filter-order" id="order">
      <Choice name="sort" label={text.filter.sort} options={sortOptions()} chosen={sort} />
      <Choice
        name="direction"
        label={text.filter.direction}
        options={directionOptions()}
        chosen={direction === usualDirections[sort] ? "" : direction}
      />
    </div>
  );
}

const sortOptions = () => linkSorts.map((sort): Option => [sort, text.filter.sorts[sort]]);

/** The default comes first, so that another column is sorted in its own usual direction. */
const directionOptions = (): readonly Option[] => [
  ["", text.filter.directions.usual],
  ["asc", text.filter.directions.asc],
  ["desc", text.filter.directions.desc],
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
        {options.map(([value, label]) => (
          <option value={value} selected={value === chosen}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}
