/** @jsxImportSource #markup */

import type { Call } from "../../../http/call.ts";
import { ownOrigins } from "../../../http/caller/own-origins.ts";
import { zoneOf } from "../../../http/caller/zone-of.ts";
import { href } from "../../../http/urls.ts";
import type { ListedLink } from "../../../links/links.ts";
import { type LinkSort, usualDirections } from "../../../links/list/list-query.ts";
import { searchedWords } from "../../../links/list/search-words.ts";
import { isAdministrator } from "../../../policy.ts";
import { intlLocale } from "../../../text/language.ts";
import type { AssetName } from "../../static/asset.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { DialogLink } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icon.tsx";
import { sortHead } from "../../ui/list/sort-head.tsx";
import { type Child, html, raw } from "../../ui/markup/markup.ts";
import type { Column } from "../../ui/table.tsx";
import { text as shared } from "../../ui/text.en.ts";
import { withView } from "./back-to-list.ts";
import { linkRow } from "./link-row.ts";
import { addressOf, fromStart, type ListView } from "./list-view.ts";
import { text } from "./text.en.ts";

interface LinkTableProps {
  readonly call: Call;
  readonly links: readonly ListedLink[];
  /** If given, the columns can be sorted and the rows selected. */
  readonly view?: ListView;
  /** Short codes of the selected links. */
  readonly selected?: ReadonlySet<string>;
}

/** Script of a page with a `LinkTable`. */
export const TABLE_SCRIPT: AssetName = "rowactions.js";

/** Links as a table; an administrator sees their owners. */
export function LinkTable({ call, links, view, selected = new Set() }: LinkTableProps): Child {
  const hasOwners = isAdministrator(call.actor);
  const context = {
    now: call.app.clock(),
    words: view ? searchedWords(view.text, ownOrigins(call)) : [],
    hasOwners,
    selected: view ? selected : null,
  };
  const rows = links.map((link) => linkRow(link, context));
  const actions = <RowActions call={call} view={view} />;
  return html`<table class="table align-middle stacking links" data-zone="${zoneOf(call)}" data-locale="${intlLocale()}"><caption class="visually-hidden">${text.title}</caption><thead><tr>${heads(view, hasOwners)}</tr></thead><tbody>${rows}</tbody></table>${actions}`;
}

function heads(view: ListView | undefined, hasOwners: boolean): Child[] {
  return [
    ...(view ? [hiddenHead(text.columns.select)] : []),
    head(headed(text.columns.link, view, "code"), raw(" class=link-name")),
    ...(hasOwners ? [head({ heading: shared.labels.owner })] : []),
    head({ heading: shared.labels.status }),
    head(headed(shared.labels.visits, view, "visits")),
    head(headed(text.columns.lastVisit, view, "last_visit")),
    head(headed(shared.labels.created, view, "created")),
    head(headed(text.columns.expires, view, "expiry")),
    hiddenHead(shared.labels.actions),
  ];
}

type Head = Pick<Column<never>, "heading" | "sorted">;

function head({ heading, sorted }: Head, more?: ReturnType<typeof raw>): Child {
  const order = sorted && html` aria-sort="${sorted}"`;
  return html`<th${more}${order}>${heading}</th>`;
}

/** A heading that only screen readers read. */
function hiddenHead(heading: string): Child {
  return html`<th><span class="visually-hidden">${heading}</span></th>`;
}

/** A column's heading, by which a list with a view can be sorted. */
function headed(label: string, view: ListView | undefined, sort: LinkSort): Head {
  if (view === undefined) return { heading: label };
  return sortHead({
    label,
    sort,
    order: view,
    usualDirections,
    addressOf: (order) => addressOf(fromStart(view, order)),
    swaps: true,
  });
}

/** Stands for a short code in the template; no code can hold this character. */
const CODE = "~code~";

interface RowActionsProps {
  readonly call: Call;
  /** The view to return to. */
  readonly view: ListView | undefined;
}

/**
 * The actions of one link, which assets/row-actions.js adds to each row; without scripts, they are on the page of
 * the link. In each row, they would be half of the page.
 */
function RowActions({ call, view }: RowActionsProps) {
  const shortCode = CODE;
  const path = href("open", { shortCode });
  return (
    <template data-row-actions={CODE}>
      <div class="row-actions">
        <CopyButton
          text={call.client.origin + path}
          what={text.row.shortLink(shortCode)}
          isIconOnly
        />
        <details class="menu" data-menu="">
          <summary class="btn btn-sm btn-quiet" aria-label={text.row.actions(shortCode)}>
            <Icon name="three-dots" />
          </summary>
          <ul class="menu-list">
            <li>
              <a class="place" href={path} aria-label={text.row.open(shortCode)}>
                <Icon name="box-arrow-up-right" />
                {shared.actions.open}
              </a>
            </li>
            <li>
              <DialogLink
                class="place"
                href={href("qrPage", { shortCode })}
                label={text.row.qrCode(shortCode)}
              >
                <Icon name="qr-code" />
                {text.row.qrCodeShort}
              </DialogLink>
            </li>
            <Changes view={view} />
          </ul>
        </details>
      </div>
    </template>
  );
}

/** Only for links that no links.toml declares. */
function Changes({ view }: Pick<RowActionsProps, "view">) {
  const shortCode = CODE;
  return (
    <>
      <li data-change="">
        <a
          class="place"
          href={withView(href("editLink", { shortCode }), view)}
          aria-label={text.row.edit(shortCode)}
        >
          <Icon name="pencil" />
          {shared.actions.edit}
        </a>
      </li>
      <li data-change="">
        <DialogLink
          class="place"
          href={withView(href("deleteLink", { shortCode }), view)}
          label={text.row.delete(shortCode)}
        >
          <Icon name="trash" />
          {shared.actions.delete}
        </DialogLink>
      </li>
    </>
  );
}
