import type { Call } from "../../../http/call.ts";
import { readForm } from "../../../http/request/form.ts";
import { seeOther } from "../../../http/response/response.ts";
import { href } from "../../../http/urls.ts";
import { isKeyShaped } from "../../../links/gate/gate-input.ts";
import { statusOf } from "../../../links/link.ts";
import { submit } from "../../ui/post-form.tsx";
import { findLink } from "../live-link.ts";
import { askAgain, type LockedPage, wrongPassword } from "./locked-page.tsx";
import { cookieOf, isPassword, unlockPass } from "./through-gate.ts";

/** `POST /-/unlock/<code>`: checks the password of a link. */
export async function unlock(call: Call): Promise<Response> {
  const form = await readForm(call);
  const page: LockedPage = form.text("page") === "view" ? "view" : "open";
  return await submit(
    call,
    () => checkPassword(call, form.text("password"), page),
    (refusal) => askAgain(call, page, refusal),
  );
}

async function checkPassword(call: Call, password: string, page: LockedPage): Promise<Response> {
  const { app, params } = call;
  const { shortCode, opening } = await findLink(app, params.shortCode ?? "");
  const forward = (headers = new Headers()) =>
    seeOther(href(page, { shortCode }), { call, headers });
  const isLocked = opening.isGated && statusOf(opening, app.clock()) === "live";
  const gate = isLocked ? await app.links.gates.find(opening.id) : null;
  // It has no password, or is over: its own address says so.
  if (gate === null || gate.passwordHash === "") return forward();
  if (isKeyShaped(password)) throw wrongPassword();
  if (!(await isPassword(call, opening, gate, password))) throw wrongPassword();
  return forward(new Headers({ "set-cookie": cookieOf(call, unlockPass(opening, gate)) }));
}
