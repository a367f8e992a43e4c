import { defaultDirections } from "../../accounts/user-admin.ts";
import { type AccountSort, accountSorts } from "../../accounts/user-schema.ts";
import { href, withQuery } from "../../http/urls.ts";
import { readPageNumber } from "../ui/list/page-number.ts";

/** Accounts on a page. */
export const PAGE_SIZE = 50;

/** What the URL of the list of users selects. */
export interface UserListView {
  /** The searched text; "" for none. */
  readonly text: string;
  readonly sort: AccountSort;
  readonly direction: "asc" | "desc";
  /** From 1. */
  readonly page: number;
}

/** Reads the view from a URL's query; invalid values are ignored. */
export function readUserListView(query: URLSearchParams): UserListView {
  const given = (name: string) => query.get(name)?.trim() ?? "";
  const sort = accountSorts.find((each) => each === given("sort")) ?? "name";
  const direction = (["asc", "desc"] as const).find((each) => each === given("direction"));
  const page = readPageNumber(given("page")) ?? 1;
  return { text: given("q"), sort, direction: direction ?? defaultDirections[sort], page };
}

/** Returns the shortest URL of a view. */
export function userListAddress({ text, sort, direction, page }: UserListView): string {
  return withQuery(href("users"), {
    q: text || null,
    sort: sort === "name" ? null : sort,
    direction: direction === defaultDirections[sort] ? null : direction,
    page: page === 1 ? null : String(page),
  });
}
