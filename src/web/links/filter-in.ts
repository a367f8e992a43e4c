import type { Call } from "../../http/call.ts";
import { ownOrigins } from "../../http/caller/own-origins.ts";
import type { LinkQuery } from "../../links/links.ts";
import type { ListFilter } from "../../links/list/list-query.ts";
import { isAdministrator } from "../../policy.ts";
import { ownOnly } from "../signed-in.ts";
import type { ListView } from "./list/list-view.ts";

/** An id that no user has: the list of an unknown owner is empty. */
const UNKNOWN_OWNER = 0;

/** The part of a view that decides which links it has. */
type ViewFilter = Pick<ListView, "text" | "kind" | "status" | "tags" | "tagMode" | "owner">;

/** The links of a view that the reader may see. */
export async function filterIn(call: Call, view: ViewFilter): Promise<ListFilter> {
  const { text: search, kind, status, tags, tagMode } = view;
  return {
    ...(await ownerIn(call, view)),
    ...(search !== "" && { text: search, ownOrigins: ownOrigins(call) }),
    ...(kind && { kind }),
    ...(status && { status }),
    ...(tags.length > 0 && { tags, tagMode }),
  };
}

/** Only administrators, who see all links, may choose an owner. */
async function ownerIn(call: Call, { owner }: ViewFilter): Promise<Pick<LinkQuery, "ownerId">> {
  if (owner === "" || !isAdministrator(call.actor)) return ownOnly(call);
  const user = await call.app.accounts.users.findByUsername(owner);
  return { ownerId: user?.id ?? UNKNOWN_OWNER };
}
