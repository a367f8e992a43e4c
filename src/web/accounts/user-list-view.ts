import { type AccountSort, accountSorts, defaultDirections } from "../../accounts/user-admin.ts";
import { href, withQuery } from "../../http/urls.ts";

/** People on a page. */
export const PAGE_SIZE = 50;

/** How an administrator looks at the accounts: all that the page's address says, and nothing that it does not. */
export interface UserListView {
  /** What is searched for; "" for nothing. */
  readonly text: string;
  readonly sort: AccountSort;
  readonly direction: "asc" | "desc";
  /** From 1. */
  readonly page: number;
}

/** The view that an address asks for. What it says wrongly counts as not said. */
export function readUserListView(query: URLSearchParams): UserListView {
  const given = (name: string) => query.get(name)?.trim() ?? "";
  const sort = accountSorts.find((each) => each === given("sort")) ?? "name";
  const direction = (["asc", "desc"] as const).find((each) => each === given("direction"));
  const page = /^[1-9]\d{0,6}$/.test(given("page")) ? Number(given("page")) : 1;
  return { text: given("q"), sort, direction: direction ?? defaultDirections[sort], page };
}

/** The address of a view, as short as it can be. */
export function userListAddress({ text, sort, direction, page }: UserListView): string {
  return withQuery(href("users"), {
    q: text || null,
    sort: sort === "name" ? null : sort,
    direction: direction === defaultDirections[sort] ? null : direction,
    page: page === 1 ? null : String(page),
  });
}
