/** @jsxImportSource hono/jsx */
import type { Call } from "../../../http/call.ts";
import { href } from "../../../http/urls.ts";
import { type Content, type LinkStatus, statusOf } from "../../../links/link.ts";
import type { ListedLink } from "../../../links/links.ts";
import { type LinkSort, usualDirections } from "../../../links/list/list-query.ts";
import { searchedWords } from "../../../links/list/search-words.ts";
import { isAdministrator } from "../../../policy.ts";
import { formatBytes, formatCount } from "../../../text/format.ts";
import { Picture } from "../../open/file-facts.tsx";
import type { IconName } from "../../static/assets/icons.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { DialogLink } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icon.tsx";
import { sortHead } from "../../ui/list/sort-head.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { text as shared } from "../../ui/text.en.ts";
import { Time, zoneOf } from "../../ui/time.tsx";
import { ownOrigins } from "../own-origins.ts";
import { text as linkText } from "../text.en.ts";
import { withView } from "./back-to-list.ts";
import { addressOf, fromStart, type ListView } from "./list-view.ts";
import { Marked, markedLine } from "./marked.tsx";
import { text } from "./text.en.ts";

interface LinkTableProps {
  readonly call: Call;
  readonly links: readonly ListedLink[];
  /** If given, the columns can be sorted and the rows selected. */
  readonly view?: ListView;
  /** Short codes of the selected links. */
  readonly selected?: ReadonlySet<string>;
}

/** Links as a table; an administrator sees their owners. */
export function LinkTable(props: LinkTableProps) {
  return <Table caption={text.title} columns={columnsFor(props)} rows={props.links} />;
}

type LinkColumn = Column<ListedLink>;

function columnsFor({ call, view, selected = new Set() }: LinkTableProps): LinkColumn[] {
  const now = call.app.clock();
  const words = view ? searchedWords(view.text, ownOrigins(call)) : [];
  return [
    ...(view ? [selectColumn(selected)] : []),
    {
      ...headed(text.columns.link, view, "code"),
      label: null,
      class: "link-name",
      cell: (link) => <Name link={link} words={words} />,
    },
    ...(isAdministrator(call.actor) ? [ownerColumn()] : []),
    {
      heading: shared.labels.status,
      cell: (link) => <StatusBadge status={statusOf(link, now)} />,
    },
    {
      ...headed(shared.labels.visits, view, "visits"),
      class: "count",
      cell: (link) => formatCount(link.visits),
    },
    ...timeColumns(call, view),
    {
      ...hiddenHeading(shared.labels.actions),
      class: "link-actions",
      cell: (link) => <Actions link={link} origin={call.client.origin} view={view} />,
    },
  ];
}

/** A heading that only screen readers read. */
function hiddenHeading(heading: string) {
  return { label: null, heading: <span class="visually-hidden">{heading}</span> };
}

function selectColumn(selected: ReadonlySet<string>): LinkColumn {
  return {
    ...hiddenHeading(text.columns.select),
    cell: ({ shortCode, declared }) =>
      !declared && <SelectBox shortCode={shortCode} isSelected={selected.has(shortCode)} />,
  };
}

const ownerColumn = (): LinkColumn => ({
  class: "link-owner",
  heading: shared.labels.owner,
  cell: ({ owner }) => (
    <a class="name" href={href("user", { username: owner })}>
      {owner}
    </a>
  ),
});

/** Last visit, creation and expiry of each link, as distances from now. */
function timeColumns(call: Call, view: ListView | undefined): LinkColumn[] {
  const zone = zoneOf(call);
  const now = call.app.clock();
  const moment = (at: number | null) =>
    at === null ? shared.labels.never : <Time at={at} zone={zone} now={now} />;
  return [
    {
      ...headed(text.columns.lastVisit, view, "last_visit"),
      cell: (link) => moment(link.lastVisitAt),
    },
    { ...headed(shared.labels.created, view, "created"), cell: (link) => moment(link.createdAt) },
    { ...headed(text.columns.expires, view, "expiry"), cell: (link) => moment(link.expiresAt) },
  ];
}

/** A column's heading, by which a list with a view can be sorted. */
function headed(label: string, view: ListView | undefined, sort: LinkSort) {
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

function SelectBox({ shortCode, isSelected }: { shortCode: string; isSelected: boolean }) {
  return (
    <input
      class="form-check-input"
      type="checkbox"
      name="codes"
      value={shortCode}
      checked={isSelected}
      aria-label={text.row.select(shortCode)}
      autocomplete="off"
    />
  );
}

interface NameProps {
  readonly link: ListedLink;
  /** Words of the search, which are marked. */
  readonly words: readonly string[];
}

/** The short code with its title, and below them its destination or its file, with a picture. */
function Name({ link, words }: NameProps) {
  const { shortCode, title, target, content } = link;
  return (
    <div class="pictured">
      {content && <Picture link={link} content={content} />}
      <div class="d-flex flex-wrap column-gap-2 align-items-baseline">
        <a class="fw-semibold name" href={href("linkPage", { shortCode })}>
          <Marked text={shortCode} words={words} />
        </a>
        <bdi class="one-line" title={title}>
          <Marked text={title} words={words} />
        </bdi>
      </div>
      {content && <FileLine content={content} words={words} />}
      {link.declared && <div class="small">{text.row.declared}</div>}
      {target && (
        <a class="one-line small" href={target} title={target}>
          <Marked text={target} words={words} />
        </a>
      )}
      <NoteLine note={link.note} words={words} />
    </div>
  );
}

function FileLine({ content, words }: { content: Content } & Pick<NameProps, "words">) {
  const { name, size } = content;
  return (
    <div class="d-flex gap-2 small">
      <bdi class="one-line" title={name}>
        <Marked text={name} words={words} />
      </bdi>
      <span class="text-nowrap">{formatBytes(size)}</span>
    </div>
  );
}

/** The line of a note that a search has found. */
function NoteLine({ note, words }: { note: string } & Pick<NameProps, "words">) {
  const line = markedLine(note, words);
  if (line === null) return null;
  return (
    <bdi class="one-line small d-block">
      <Marked text={line} words={words} />
    </bdi>
  );
}

function StatusBadge({ status }: { status: LinkStatus }) {
  return <span class={`status-badge ${borderOf[status]}`}>{linkText.statuses[status]}</span>;
}

const borderOf: Readonly<Record<LinkStatus, string>> = {
  live: "border-success",
  expired: "border-warning",
  disabled: "border-secondary",
};

interface ActionsProps {
  readonly link: ListedLink;
  readonly origin: string;
  /** The view to return to. */
  readonly view: ListView | undefined;
}

function Actions({ link, origin, view }: ActionsProps) {
  const { shortCode, declared } = link;
  const path = href("open", { shortCode });
  return (
    <div class="row-actions">
      <Action href={path} icon="box-arrow-up-right" label={text.row.open(shortCode)} />
      <CopyButton text={origin + path} what={text.row.shortLink(shortCode)} isIconOnly />
      <DialogLink
        class={ACTION_CLASS}
        href={href("qrPage", { shortCode })}
        label={text.row.qrCode(shortCode)}
      >
        <Icon name="qr-code" />
      </DialogLink>
      {!declared && <Changes shortCode={shortCode} view={view} />}
    </div>
  );
}

/** Only for links that no links.toml declares. */
function Changes({ shortCode, view }: Pick<ListedLink, "shortCode"> & Pick<ActionsProps, "view">) {
  return (
    <>
      <Action
        href={withView(href("editLink", { shortCode }), view)}
        icon="pencil"
        label={text.row.edit(shortCode)}
      />
      <DialogLink
        class={ACTION_CLASS}
        href={withView(href("deleteLink", { shortCode }), view)}
        label={text.row.delete(shortCode)}
      >
        <Icon name="trash" />
      </DialogLink>
    </>
  );
}

const ACTION_CLASS = "btn btn-sm btn-quiet";

interface ActionProps {
  readonly href: string;
  readonly icon: IconName;
  readonly label: string;
}

function Action({ href, icon, label }: ActionProps) {
  return (
    <a class={ACTION_CLASS} href={href} aria-label={label} title={label}>
      <Icon name={icon} />
    </a>
  );
}
