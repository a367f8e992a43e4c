import { href, MAX_URL_LENGTH, withQuery } from "../../../http/urls.ts";
import { addressOf, type ListView, viewOf } from "./list-view.ts";

/** The field, and the parameter of a URL, with the address of the list that a page was opened from. */
export const VIEW = "view";

/** The address of a page with the view to return to, where that is not simply the list. */
export function withView(address: string, view: ListView | undefined): string {
  const list = view && addressOf({ ...view, isSelected: false });
  if (list === undefined || list === href("links")) return address;
  const withList = withQuery(address, { [VIEW]: list });
  return withList.length > MAX_URL_LENGTH ? address : withList;
}

/** The list to return to; `otherwise` if a page was not opened from a list. */
export function listOr(otherwise: string, view: string | undefined): string {
  return view === undefined || view === "" ? otherwise : addressOf(viewOf(view));
}
