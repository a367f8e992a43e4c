import type { Call } from "../http/call.ts";
import { type Notice, setNotice } from "../http/request/cookies.ts";
import { seeOther } from "../http/response/response.ts";

/** Redirects to a page, which shows the notice once. */
export function goTo(
  call: Call,
  address: string,
  notice: Notice,
  headers = new Headers(),
): Response {
  setNotice(headers, notice, call.client);
  return seeOther(address, { call, headers });
}
