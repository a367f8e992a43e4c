import { href } from "../../../http/urls.ts";
import { kinds, linkStatuses } from "../../../links/link.ts";
import { linkSorts, usualDirections } from "../../../links/list/list-query.ts";
import { joinTags } from "../../../links/tags/tag-names.ts";
import { SearchBox } from "../../ui/list/search-box.tsx";
import { type Child, html, raw } from "../../ui/markup/markup.ts";
import { text as shared } from "../../ui/text.en.ts";
import { text as linkText } from "../text.en.ts";
import type { ListView } from "./list-view.ts";
import { text } from "./text.en.ts";

/** Id of the form, by which `list` recognises its requests. */
export const FILTER_ID = "find";

type Option = readonly [value: string, label: string];

/** Search, filters and order of the list. With htmx, the list follows while the user types. */
export function linkFilter(view: ListView, hasOwners: boolean): Child {
  const address = href("links");
  const { kind, status } = view;
  return html`<search><form id="${FILTER_ID}" class=filter action="${address}" hx-get="${address}" hx-trigger="submit, input delay:300ms" hx-sync=this:replace>${SearchBox({ value: view.text, placeholder: text.filter.search })}${choice("kind", text.filter.kind, kindOptions(), kind)}${choice("status", shared.labels.status, statusOptions(), status)}${tagBox(view)}${hasOwners && ownerBox(view.owner)}${order(view)}<button class="btn btn-primary" type=submit>${shared.actions.search}</button></form></search>`;
}

const kindOptions = (): readonly Option[] => [
  ["", text.filter.anyKind],
  ...kinds.map((kind): Option => [kind, linkText.kinds[kind]]),
];

const statusOptions = (): readonly Option[] => [
  ["", text.filter.anyStatus],
  ...linkStatuses.map((status): Option => [status, linkText.statuses[status]]),
];

function tagBox({ tags, tagMode }: ListView): Child {
  const { tagModes: labels } = text.filter;
  const options = (["all", "any", "none"] as const).map((mode): Option => [mode, labels[mode]]);
  return html`<div class=filter-owner><label class=form-label for=tag>${text.filter.tags}</label><input class=form-control id=tag name=tag value="${joinTags(tags)}" placeholder="${text.filter.anyTags}" data-suggest="${href("tags")}" autocomplete=off autocapitalize=none></div>${choice("tags", text.filter.tagMode, options, tagMode, "tag-mode")}`;
}

function ownerBox(owner: string): Child {
  return html`<div class=filter-owner><label class=form-label for=owner>${shared.labels.owner}</label><input class=form-control id=owner name=owner value="${owner}" placeholder="${text.filter.anyOwner}" autocomplete=off autocapitalize=none spellcheck=false></div>`;
}

/** A click on a column's heading changes these two as well, so the list swaps them, too. */
function order({ sort, direction }: ListView): Child {
  const unusual = direction === usualDirections[sort] ? "" : direction;
  return html`<div class=filter-order id=order>${choice("sort", text.filter.sort, sortOptions(), sort)}${choice("direction", text.filter.direction, directionOptions(), unusual)}</div>`;
}

const sortOptions = () => linkSorts.map((sort): Option => [sort, text.filter.sorts[sort]]);

/** The default comes first, so that another column is sorted in its own usual direction. */
const directionOptions = (): readonly Option[] => [
  ["", text.filter.directions.usual],
  ["asc", text.filter.directions.asc],
  ["desc", text.filter.directions.desc],
];

function choice(
  name: string,
  label: string,
  options: readonly Option[],
  chosen: string | null,
  /** Another form of the page has a field of the same name. */
  id = name,
): Child {
  const choices = options.map(
    ([value, words]) => html`<option value="${value}"${value === chosen && SELECTED}>${words}`,
  );
  return html`<div><label class=form-label for="${id}">${label}</label><select class=form-select id="${id}" name="${name}">${choices}</select></div>`;
}

const SELECTED = raw(" selected");
