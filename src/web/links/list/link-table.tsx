/** @jsxImportSource hono/jsx */
import type { Call } from "../../../http/call.ts";
import { href } from "../../../http/urls.ts";
import { type Content, type LinkStatus, statusOf } from "../../../links/link.ts";
import type { ListedLink } from "../../../links/links.ts";
import { type LinkSort, usualDirections } from "../../../links/list/list-query.ts";
import { isAdministrator } from "../../../policy.ts";
import { formatBytes, formatCount } from "../../../text/format.ts";
import { Picture } from "../../open/file-facts.tsx";
import type { IconName } from "../../static/assets/icons.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { DialogLink } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icon.tsx";
import { sortHead } from "../../ui/list/sort-head.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time, zoneOf } from "../../ui/time.tsx";
import { statusWords } from "../link-labels.ts";
import { addressOf, fromStart, type ListView } from "./list-view.ts";

interface LinkTableProps {
  readonly call: Call;
  readonly links: readonly ListedLink[];
  /** Given, the columns can be sorted and the rows selected. */
  readonly view?: ListView;
  /** The short codes that come selected. */
  readonly selected?: ReadonlySet<string>;
}

/** Links as a table; an administrator sees whose they are. */
export function LinkTable(props: LinkTableProps) {
  return <Table caption="Links" columns={columnsFor(props)} rows={props.links} />;
}

type LinkColumn = Column<ListedLink>;

function columnsFor({ call, view, selected = new Set() }: LinkTableProps): LinkColumn[] {
  const now = call.app.clock();
  return [
    ...(view ? [boxColumn(selected)] : []),
    { ...headed("Link", view, "code"), class: "link-name", cell: (link) => <Name link={link} /> },
    ...(isAdministrator(call.actor) ? [ownerColumn] : []),
    { heading: "State", cell: (link) => <Badge status={statusOf(link, now)} /> },
    {
      ...headed("Visits", view, "visits"),
      class: "count",
      cell: (link) => formatCount(link.visits),
    },
    ...timeColumns(call, view),
    {
      label: "Actions",
      heading: <span class="visually-hidden">Actions</span>,
      cell: (link) => <Actions link={link} origin={call.client.origin} />,
    },
  ];
}

function boxColumn(selected: ReadonlySet<string>): LinkColumn {
  return {
    label: "Select",
    heading: <span class="visually-hidden">Select</span>,
    cell: ({ shortCode, declared }) =>
      !declared && <SelectBox shortCode={shortCode} isSelected={selected.has(shortCode)} />,
  };
}

const ownerColumn: LinkColumn = {
  class: "link-owner",
  heading: "Owner",
  cell: ({ owner }) => (
    <a class="name" href={href("user", { username: owner })}>
      {owner}
    </a>
  ),
};

/** When each link was last opened, was made and will stop working, by how far away that is. */
function timeColumns(call: Call, view: ListView | undefined): LinkColumn[] {
  const zone = zoneOf(call);
  const now = call.app.clock();
  const moment = (at: number | null) =>
    at === null ? "never" : <Time at={at} zone={zone} now={now} />;
  return [
    { ...headed("Last visit", view, "last_visit"), cell: (link) => moment(link.lastVisitAt) },
    { ...headed("Created", view, "created"), cell: (link) => moment(link.createdAt) },
    { ...headed("Expires", view, "expiry"), cell: (link) => moment(link.expiresAt) },
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
      aria-label={`Select ${shortCode}`}
      autocomplete="off"
    />
  );
}

/** The short code with its title, and below them where it leads or what it hands out, with its picture. */
function Name({ link }: { link: ListedLink }) {
  const { shortCode, title, target, content } = link;
  return (
    <div class="pictured">
      {content && <Picture link={link} content={content} />}
      <div class="d-flex flex-wrap column-gap-2 align-items-baseline">
        <a class="fw-semibold name" href={href("linkPage", { shortCode })}>
          {shortCode}
        </a>
        <bdi class="one-line" title={title}>
          {title}
        </bdi>
      </div>
      {content && <FileLine content={content} />}
      {link.declared && <div class="small">Declared in links.toml</div>}
      {target && (
        <a class="one-line small" href={target} title={target}>
          {target}
        </a>
      )}
    </div>
  );
}

function FileLine({ content: { name, size } }: { content: Content }) {
  return (
    <div class="d-flex gap-2 small">
      <bdi class="one-line" title={name}>
        {name}
      </bdi>
      <span class="text-nowrap">{formatBytes(size)}</span>
    </div>
  );
}

function Badge({ status }: { status: LinkStatus }) {
  return <span class={`standing ${borderOf[status]}`}>{statusWords[status]}</span>;
}

const borderOf: Readonly<Record<LinkStatus, string>> = {
  live: "border-success",
  expired: "border-warning",
  disabled: "border-secondary",
};

function Actions({ link, origin }: { link: ListedLink; origin: string }) {
  const { shortCode, declared } = link;
  const path = href("open", { shortCode });
  const format = "svg";
  return (
    <div class="row-actions">
      <Action href={path} icon="box-arrow-up-right" words="Open" shortCode={shortCode} />
      <CopyButton text={origin + path} what={`the address of ${shortCode}`} isIconOnly />
      <Action
        href={href("qr", { shortCode, format })}
        icon="qr-code"
        words="QR code of"
        shortCode={shortCode}
      />
      {!declared && <Changes shortCode={shortCode} />}
    </div>
  );
}

/** What a file declares is changed there. */
function Changes({ shortCode }: Pick<ListedLink, "shortCode">) {
  return (
    <>
      <Action
        href={href("editLink", { shortCode })}
        icon="pencil"
        words="Edit"
        shortCode={shortCode}
      />
      <DialogLink
        class={ACTION_CLASS}
        href={href("deleteLink", { shortCode })}
        label={`Delete ${shortCode}`}
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
  readonly words: string;
  readonly shortCode: string;
}

function Action({ href, icon, words, shortCode }: ActionProps) {
  const label = `${words} ${shortCode}`;
  return (
    <a class={ACTION_CLASS} href={href} aria-label={label} title={label}>
      <Icon name={icon} />
    </a>
  );
}
