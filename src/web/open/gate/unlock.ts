import type { Call } from "../../../http/call.ts";
import { isProgram } from "../../../http/request/accept.ts";
import { readForm } from "../../../http/request/form.ts";
import { seeOther } from "../../../http/response/response.ts";
import { href } from "../../../http/urls.ts";
import { isKeyShaped } from "../../../links/gate/gate-input.ts";
import { statusOf } from "../../../links/link.ts";
import { submit } from "../../ui/post-form.tsx";
import { findLink, noLink } from "../live-link.ts";
import { askAgain, type LockedPage, wrongPassword } from "./locked-page.tsx";
import { openingPage } from "./opening-page.tsx";
import { cookieOf, isPassword, unlockPass } from "./through-gate.ts";

/** Where a visitor goes on once the password was right. */
interface GoingOn {
  readonly page: Exclude<LockedPage, "part">;
  /** The parameters with which the link was asked for, with their `?`. */
  readonly query: string;
}

/** `POST /-/unlock/<code>`: checks the password of a link. */
export async function unlock(call: Call): Promise<Response> {
  const form = await readForm(call);
  const page = form.text("page") === "view" ? "view" : "open";
  const query = readQuery(call, form.text("query"));
  return await submit(
    call,
    () => checkPassword(call, form.text("password"), { page, query }),
    (refusal) => askAgain(call, { page, query }, refusal),
  );
}

/** As a browser writes it into a URL. */
function readQuery({ client }: Call, given: string): string {
  return given.startsWith("?") ? new URL(given, client.origin).search : "";
}

async function checkPassword(
  call: Call,
  password: string,
  { page, query }: GoingOn,
): Promise<Response> {
  const { app, params } = call;
  const { shortCode, opening } = await findLink(app, params.shortCode ?? "");
  const status = statusOf(opening, app.clock());
  if (status === "scheduled") throw noLink();
  const path = href(page, { shortCode }) + query;
  const gate = opening.isGated && status === "live" ? await app.links.gates.find(opening.id) : null;
  // It has no password, or is over: its own address says so.
  if (gate === null || gate.passwordHash === "") return await goOn(call, path);
  if (isKeyShaped(password)) throw wrongPassword();
  if (!(await isPassword(call, opening, gate, password))) throw wrongPassword();
  const headers = new Headers({ "set-cookie": cookieOf(call, unlockPass(opening, gate)) });
  return await goOn(call, path, headers);
}

/**
 * Browsers let no form of ours end at another site, not even by redirects (CSP, `form-action`): they get a page that
 * goes on by itself.
 */
async function goOn(call: Call, path: string, headers = new Headers()): Promise<Response> {
  if (isProgram(call.request)) return seeOther(path, { call, headers });
  headers.set("refresh", `0; url=${path}`);
  return await openingPage(call, path, headers);
}
