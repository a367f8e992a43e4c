import type { Call } from "../http/call.ts";
import { empty } from "../http/response/response.ts";
import { type UrlName, urls } from "../http/urls.ts";
import { allowRequest } from "./cross-origin.ts";
import { addTusAbilities, isUploadPath } from "./uploads/tus-headers.ts";

/** `OPTIONS`: the methods of a URL. */
export function answerOptions(call: Call, name: UrlName): Response {
  const { methods } = urls[name];
  const headers = new Headers({ allow: [...methods, "OPTIONS"].join(", ") });
  allowRequest(call, methods, headers);
  if (isUploadPath(call.url.pathname)) addTusAbilities(call.settings, headers);
  return empty({ call, status: 204, headers });
}
