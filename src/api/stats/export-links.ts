import type { Call } from "../../http/call.ts";
import { downloadLines } from "../../http/response/download.ts";
import type { ListedLink } from "../../links/links.ts";
import { describeLink } from "../links/describe-link.ts";
import type { LinkListQuery } from "../links/link-query-schema.ts";
import { queryOf } from "../links/list-links.ts";

type Filters = Omit<LinkListQuery, "after" | "limit" | "sort" | "direction">;

/** `GET /api/v1/links.ndjson`: a list of any length needs little memory. */
export async function exportLinks(call: Call, filters: Filters): Promise<Response> {
  const pages = call.app.links.readAll(call.actor, await queryOf(call, filters));
  const options = { call, name: null, type: "application/x-ndjson" };
  return downloadLines(linesOf(call, pages), options);
}

async function* linesOf(
  call: Call,
  pages: AsyncIterable<readonly ListedLink[]>,
): AsyncGenerator<string> {
  for await (const links of pages)
    yield links.map((link) => `${JSON.stringify(describeLink(call, link))}\n`).join("");
}
