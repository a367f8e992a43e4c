import type { Call } from "../http/call.ts";
import { empty } from "../http/response/response.ts";
import { type UrlName, urls } from "../http/urls.ts";

/** `OPTIONS`: the methods of a URL. */
export function answerOptions(call: Call, name: UrlName): Response {
  const headers = new Headers({ allow: [...urls[name].methods, "OPTIONS"].join(", ") });
  return empty({ call, status: 204, headers });
}
