/** @jsxImportSource #markup */
import { text as accounts } from "../../accounts/text.en.ts";
import {
  type AccountPage,
  type AccountSummary,
  defaultDirections,
} from "../../accounts/user-admin.ts";
import type { AccountSort } from "../../accounts/user-schema.ts";
import type { Call } from "../../http/call.ts";
import { zoneOf } from "../../http/caller/zone-of.ts";
import { href } from "../../http/urls.ts";
import { formatBytes, formatCount } from "../../text/format.ts";
import { Empty } from "../ui/empty.tsx";
import { PageHead, show } from "../ui/layout/layout.tsx";
import { Pager } from "../ui/list/pager.tsx";
import { SearchBox } from "../ui/list/search-box.tsx";
import { sortHead } from "../ui/list/sort-head.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { text as shared } from "../ui/text.en.ts";
import { Time } from "../ui/time.tsx";
import { text } from "./text.en.ts";
import {
  PAGE_SIZE,
  readUserListView,
  type UserListView,
  userListAddress,
} from "./user-list-view.ts";

/** `GET /users`: the accounts, for administrators. */
export async function users(call: Call): Promise<Response> {
  const view = readUserListView(call.url.searchParams);
  const found = await call.app.accounts.admin.list(call.actor, { ...view, limit: PAGE_SIZE });
  return await show(
    call,
    { title: text.list.title, sheets: ["list.css"] },
    <>
      <PageHead title={text.list.title}>
        <a class="btn btn-primary" href={href("register")}>
          {text.create.action}
        </a>
      </PageHead>
      <Search view={view} />
      <p id="found">{rangeOf(found)}</p>
      {found.total === 0 ? <NoneFound /> : <Accounts call={call} view={view} found={found} />}
    </>,
  );
}

/** Keeps the order of the list. */
function Search({ view: { text: searched, sort, direction } }: { view: UserListView }) {
  return (
    <search>
      <form class="filter" method="get" action={href("users")}>
        <SearchBox value={searched} placeholder={text.list.searched} />
        <input type="hidden" name="sort" value={sort} />
        <input type="hidden" name="direction" value={direction} />
        <button class="btn btn-primary" type="submit">
          {shared.actions.search}
        </button>
      </form>
    </search>
  );
}

function rangeOf({ accounts, total, page, pages }: AccountPage): string {
  if (pages === 1) return text.list.found(total);
  const first = (page - 1) * PAGE_SIZE + 1;
  return text.list.range(first, first + accounts.length - 1, total);
}

function NoneFound() {
  return (
    <Empty title={text.list.noneFound}>
      <a href={href("users")}>{text.list.showAll}</a>
    </Empty>
  );
}

interface AccountsProps {
  readonly call: Call;
  readonly view: UserListView;
  readonly found: AccountPage;
}

function Accounts({ call, view, found }: AccountsProps) {
  const { accounts, total, have, page, pages } = found;
  const at = (number: number) =>
    number >= 1 && number <= pages ? userListAddress({ ...view, page: number }) : null;
  return (
    <>
      <Table caption={text.list.title} columns={columnsFor(call, view)} rows={accounts} />
      <Pager previous={at(page - 1)} next={at(page + 1)} />
      <p class="mt-3 mb-0">
        {text.list.inTotal({ ...have, users: total, size: formatBytes(have.bytes) })}
      </p>
    </>
  );
}

function columnsFor(call: Call, view: UserListView): readonly Column<AccountSummary>[] {
  const time = { zone: zoneOf(call), now: call.app.clock() };
  const head = (label: string, sort: AccountSort) =>
    sortHead<AccountSort>({
      label,
      sort,
      order: view,
      usualDirections: defaultDirections,
      addressOf: (order) => userListAddress({ ...view, ...order, page: 1 }),
    });
  return [
    {
      ...head(shared.labels.name, "name"),
      class: "link-name",
      cell: (account) => <Name account={account} />,
    },
    { ...head(text.role, "role"), cell: ({ role }) => accounts.roles[role] },
    {
      ...head(shared.labels.created, "created"),
      cell: ({ createdAt }) => <Time at={createdAt} {...time} />,
    },
    {
      ...head(text.list.lastSeen, "last_seen"),
      cell: ({ lastSeenAt: at }) =>
        at === null ? shared.labels.never : <Time at={at} {...time} />,
    },
    { ...head(text.list.links, "links"), class: "count", cell: ({ links }) => formatCount(links) },
    { ...head(text.list.files, "files"), class: "count", cell: ({ files }) => formatCount(files) },
    {
      ...head(shared.labels.size, "bytes"),
      class: "count",
      cell: ({ bytes }) => <span class="text-nowrap">{formatBytes(bytes)}</span>,
    },
  ];
}

function Name({ account: { username, displayName, disabled } }: { account: AccountSummary }) {
  return (
    <>
      <a class="fw-semibold name" href={href("user", { username })}>
        {displayName}
      </a>
      <div class="d-flex flex-wrap column-gap-2 small">
        <span class="name">{username}</span>
        {disabled && <span class="status-badge border-secondary">{text.list.disabled}</span>}
      </div>
    </>
  );
}
