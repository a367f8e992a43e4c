import type { Call } from "../../http/call.ts";
import { asksForJson } from "../../http/request/accept.ts";
import { json, respondWith } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import type { ListedLink } from "../../links/links.ts";
import { answerCreated } from "../links/create-link.ts";
import { deletionUrlOf, describeCreated } from "../links/describe-link.ts";

/** Answers with the short URLs of new links, one a line, or as the API does, if JSON is asked for. */
export function answerLinks(call: Call, links: readonly ListedLink[]): Response {
  const [first] = links;
  if (asksForJson(call.request)) {
    if (first !== undefined && links.length === 1) return answerCreated(call, first);
    const items = links.map((link) => describeCreated(call, link));
    return json({ items }, { call, status: 201 });
  }
  const headers = new Headers();
  for (const link of links) {
    headers.append("x-url-delete", deletionUrlOf(call, link));
    headers.append("x-token", call.app.removals.tokenOf(link));
  }
  if (first !== undefined && first.expiresAt !== null)
    headers.set("x-expires", String(first.expiresAt));
  const lines = links.map(
    ({ shortCode }) => `${call.client.origin}${href("open", { shortCode })}\n`,
  );
  return respondWith(lines.join(""), "json", "text/plain; charset=utf-8", { call, headers });
}
