/** @jsxImportSource #markup */
import type { Call } from "../../../http/call.ts";
import { href, withQuery } from "../../../http/urls.ts";
import type { OwnersNews } from "../../../links/bulk/declared-links.ts";
import { kinds } from "../../../links/link.ts";
import type { KindCounts, LinkPage, LinkQuery } from "../../../links/links.ts";
import { isAdministrator } from "../../../policy.ts";
import { formatList } from "../../../text/format.ts";
import { ownOnly } from "../../signed-in.ts";
import { fillText } from "../../ui/fill-text.tsx";
import { PageHead, show } from "../../ui/layout/layout.tsx";
import { type Entry, showForm } from "../../ui/post-form.tsx";
import { filterIn } from "../filter-in.ts";
import { text as linkText } from "../text.en.ts";
import { BulkForm } from "./bulk-form.tsx";
import { DeclarationAlerts, readAlerts } from "./declaration-alerts.tsx";
import { FILTER_ID, linkFilter } from "./link-filter.ts";
import { LinkPager, rangeOf } from "./link-pager.tsx";
import { LinkTable, TABLE_SCRIPT } from "./link-table.tsx";
import {
  addressOf,
  csvAddressOf,
  isFiltered,
  type ListView,
  PAGE_SIZE,
  readView,
} from "./list-view.ts";
import { NoLinks } from "./no-links.tsx";
import { text } from "./text.en.ts";

const files = { sheets: ["list.css"], scripts: ["htmx.js", TABLE_SCRIPT, "tags.js"] } as const;

/** `GET /links`. A form sends its empty fields, too; while the user types, the address leaves them out. */
export async function list(call: Call): Promise<Response> {
  const view = readView(call.url.searchParams);
  const shown = await readList(call, view);
  const headers = new Headers();
  if (call.request.headers.get("hx-source") === `form#${FILTER_ID}`)
    headers.set("hx-push-url", addressOf(view));
  return await show(call, { title: text.title, ...files, headers }, <LinkList {...shown} />);
}

/** A refused change to several links. */
export interface BulkEntry extends Entry {
  readonly selected: ReadonlySet<string>;
}

/** Responds with the list as it was, and why a change to several of its links was refused. */
export async function showRefused(call: Call, view: ListView, entry: BulkEntry): Promise<Response> {
  const shown = { ...(await readList(call, view)), entry };
  return await showForm(call, { title: text.title, ...files, entry }, <LinkList {...shown} />);
}

async function readList(call: Call, view: ListView): Promise<LinkListProps> {
  const [found, alerts, kindCounts] = await Promise.all([
    find(call, view),
    readAlerts(call),
    call.app.links.countKinds(call.actor, ownOnly(call).ownerId),
  ]);
  return { call, view, found, alerts, kindCounts };
}

async function find(call: Call, view: ListView): Promise<LinkPage> {
  const { sort, direction, place } = view;
  const query: LinkQuery = {
    ...(await filterIn(call, view)),
    sort,
    direction,
    ...(place && { cursor: place.cursor }),
    limit: PAGE_SIZE,
  };
  return await call.app.links.list(call.actor, query);
}

interface LinkListProps {
  readonly call: Call;
  readonly view: ListView;
  readonly found: LinkPage;
  readonly alerts: readonly OwnersNews[];
  /** Of all links that the user sees, whatever the view shows. */
  readonly kindCounts: KindCounts;
  readonly entry?: BulkEntry | undefined;
}

/** With htmx, a change of the view swaps the list only; the count is announced, and the order follows. */
const swapping = {
  "hx-target:inherited": "#list",
  "hx-select:inherited": "#list",
  "hx-select-oob:inherited": "#found:innerHTML,#order",
  "hx-swap:inherited": "outerHTML",
  "hx-push-url:inherited": "true",
};

function LinkList({ call, view, found, alerts, kindCounts, entry }: LinkListProps) {
  const isBare = found.total === 0 && !isFiltered(view);
  return (
    <>
      <PageHead title={text.title}>
        <a class="btn btn-quiet" href={href("importLinks")}>
          {text.import}
        </a>{" "}
        <a class="btn btn-primary" href={href("add")}>
          {text.add}
        </a>
      </PageHead>
      <DeclarationAlerts alerts={alerts} />
      <div {...swapping}>
        {!isBare && linkFilter(view, isAdministrator(call.actor))}
        <p id="found" aria-live="polite">
          {!isBare && rangeOf(found, view)}
        </p>
        <div id="list">
          {found.links.length === 0 ? (
            <NoLinks view={view} />
          ) : (
            <Rows call={call} view={view} found={found} entry={entry} />
          )}
        </div>
        <InTotal counts={kindCounts} />
      </div>
    </>
  );
}

/** Number of all links by kind, each with the list of these. */
function InTotal({ counts }: { counts: KindCounts }) {
  const existing = kinds.filter((kind) => counts.has(kind));
  if (existing.length === 0) return null;
  const places = existing.map((kind) => `{${kind}}`);
  const lists = existing.map((kind) => [
    kind,
    <a href={withQuery(href("links"), { kind })}>
      {linkText.kindCounts[kind](counts.get(kind) ?? 0)}
    </a>,
  ]);
  return (
    <p class="mt-3 mb-0">{fillText(text.inTotal(formatList(places)), Object.fromEntries(lists))}</p>
  );
}

function Rows({ call, view, found, entry }: Omit<LinkListProps, "alerts" | "kindCounts">) {
  const { links } = found;
  const all = view.isSelected ? links.map((link) => link.shortCode) : [];
  const selected = entry?.selected ?? new Set<string>(all);
  return (
    <>
      <BulkForm
        view={view}
        found={found}
        entry={entry ?? { values: {} }}
        hasOwners={isAdministrator(call.actor)}
      >
        <LinkTable call={call} links={links} view={view} selected={selected} />
      </BulkForm>
      <LinkPager view={view} found={found} />
      <a class="small" href={csvAddressOf(view)}>
        {text.downloadCsv}
      </a>
    </>
  );
}
