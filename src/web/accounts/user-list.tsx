/** @jsxImportSource hono/jsx */
import {
  type AccountPage,
  type AccountSort,
  type AccountSummary,
  defaultDirections,
} from "../../accounts/user-admin.ts";
import type { Call } from "../../http/call.ts";
import { href } from "../../http/urls.ts";
import { formatBytes, formatCount, plural } from "../../text/format.ts";
import { Empty } from "../ui/empty.tsx";
import { Icon } from "../ui/icon.tsx";
import { PageHead, show } from "../ui/layout/layout.tsx";
import { Pager } from "../ui/list/pager.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { Time, zoneOf } from "../ui/time.tsx";
import { roleWords } from "./role-labels.ts";
import {
  PAGE_SIZE,
  readUserListView,
  type UserListView,
  userListAddress,
} from "./user-list-view.ts";

/** `GET /users`: the accounts, as administrators see them. */
export async function users(call: Call): Promise<Response> {
  const view = readUserListView(call.url.searchParams);
  const found = await call.app.userAdmin.list(call.actor, { ...view, limit: PAGE_SIZE });
  return await show(
    call,
    { title: "Users", sheets: ["list.css"] },
    <>
      <PageHead title="Users">
        <a class="btn btn-primary" href={href("register")}>
          Add a user
        </a>
      </PageHead>
      <Search view={view} />
      <p id="found">{rangeOf(found)}</p>
      {found.total === 0 ? <Nobody /> : <People call={call} view={view} found={found} />}
    </>,
  );
}

/** The order stays while one searches. */
function Search({ view: { text, sort, direction } }: { view: UserListView }) {
  return (
    <search>
      <form class="filter" method="get" action={href("users")}>
        <div class="filter-text">
          <label class="form-label" for="q">
            Search
          </label>
          <input
            class="form-control"
            id="q"
            name="q"
            type="search"
            value={text}
            placeholder="User name or name"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
          />
        </div>
        <input type="hidden" name="sort" value={sort} />
        <input type="hidden" name="direction" value={direction} />
        <button class="btn btn-primary" type="submit">
          Search
        </button>
      </form>
    </search>
  );
}

function rangeOf({ accounts, total, page, pages }: AccountPage): string {
  const all = plural(total, { one: "1 user", other: `${formatCount(total)} users` });
  if (pages === 1) return all;
  const first = (page - 1) * PAGE_SIZE + 1;
  return `${formatCount(first)}-${formatCount(first + accounts.length - 1)} of ${all}`;
}

function Nobody() {
  return (
    <Empty title="Nobody is called that.">
      <a href={href("users")}>Show all users</a>
    </Empty>
  );
}

interface PeopleProps {
  readonly call: Call;
  readonly view: UserListView;
  readonly found: AccountPage;
}

function People({ call, view, found: { accounts, page, pages } }: PeopleProps) {
  const at = (number: number) =>
    number >= 1 && number <= pages ? userListAddress({ ...view, page: number }) : null;
  return (
    <>
      <Table caption="Users" columns={columnsFor(call, view)} rows={accounts} />
      <Pager previous={at(page - 1)} next={at(page + 1)} />
    </>
  );
}

function columnsFor(call: Call, view: UserListView): readonly Column<AccountSummary>[] {
  const zone = zoneOf(call);
  const now = call.app.clock();
  const sorted = (label: string, sort: AccountSort) => headed({ view, label, sort });
  return [
    { ...sorted("Name", "name"), class: "link-name", cell: (person) => <Name person={person} /> },
    { ...sorted("Role", "role"), cell: ({ role }) => roleWords[role] },
    {
      ...sorted("Created", "created"),
      cell: ({ createdAt }) => <Time at={createdAt} zone={zone} now={now} />,
    },
    {
      ...sorted("Last seen", "last_seen"),
      cell: ({ lastSeenAt: at }) =>
        at === null ? "never" : <Time at={at} zone={zone} now={now} />,
    },
    { ...sorted("Links", "links"), class: "count", cell: ({ links }) => formatCount(links) },
    { ...sorted("Files", "files"), class: "count", cell: ({ files }) => formatCount(files) },
    { ...sorted("Size", "bytes"), class: "count", cell: ({ bytes }) => <Size bytes={bytes} /> },
  ];
}

function Size({ bytes }: Pick<AccountSummary, "bytes">) {
  return <span class="text-nowrap">{formatBytes(bytes)}</span>;
}

interface HeadProps {
  readonly view: UserListView;
  readonly label: string;
  readonly sort: AccountSort;
}

/** A column's head, by which the people can be sorted. */
function headed({ view, label, sort }: HeadProps) {
  const sorted = view.direction === "asc" ? ("ascending" as const) : ("descending" as const);
  return {
    label,
    heading: <SortLink view={view} label={label} sort={sort} />,
    ...(view.sort === sort && { sorted }),
  };
}

/** Sorts by a column, its usual way first; by the one that is sorted already, the other way round. */
function SortLink({ view, label, sort }: HeadProps) {
  const isSorted = view.sort === sort;
  const turned = view.direction === "asc" ? "desc" : "asc";
  const direction = isSorted ? turned : defaultDirections[sort];
  return (
    <a class="sort" href={userListAddress({ ...view, sort, direction, page: 1 })}>
      {label}
      {isSorted && <Icon name={view.direction === "asc" ? "sort-up" : "sort-down"} />}
    </a>
  );
}

function Name({ person: { username, displayName, disabled } }: { person: AccountSummary }) {
  return (
    <>
      <a class="fw-semibold name" href={href("user", { username })}>
        {displayName}
      </a>
      <div class="d-flex flex-wrap column-gap-2 small">
        <span class="name">{username}</span>
        {disabled && <span class="status-badge border-secondary">Disabled</span>}
      </div>
    </>
  );
}
