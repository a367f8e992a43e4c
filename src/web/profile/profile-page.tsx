/** @jsxImportSource #markup */

import { effectiveZone } from "../../config/values/time-zone.ts";
import type { Call, Handler } from "../../http/call.ts";
import { type NoticeCode, setSessionCookie } from "../../http/request/cookies.ts";
import { type Form, readForm } from "../../http/request/form.ts";
import { href } from "../../http/urls.ts";
import { invalid } from "../../problem.ts";
import { cookieTerms } from "../accounts/sign-in.tsx";
import { goTo } from "../go-to.ts";
import { inSession, signedIn } from "../signed-in.ts";
import { type Entry, showForm, submit } from "../ui/post-form.tsx";
import { text as shared } from "../ui/text.en.ts";
import { Profile } from "./profile-forms.tsx";
import { text } from "./text.en.ts";

/** `/profile`: the caller's own account. */
export const profile = { show, change } satisfies Record<string, Handler>;

type FormHandler = (call: Call, form: Form) => Promise<Response>;

/** Handlers of the forms on the page, by their field `action`. */
const formHandlers: ReadonlyMap<string, FormHandler> = new Map([
  ["change_password", changePassword],
  ["change_time_zone", changeTimeZone],
  ["end_session", endSession],
  ["end_other_sessions", endOtherSessions],
  ["delete_upload", deleteUpload],
]);

function show(call: Call): Promise<Response> {
  const timeZone = signedIn(call).user.timeZone ?? "";
  return showProfile(call, "", { values: { time_zone: timeZone } });
}

async function change(call: Call): Promise<Response> {
  const form = await readForm(call);
  const action = form.text("action");
  const timeZone = form.has("time_zone") ? form.text("time_zone") : signedIn(call).user.timeZone;
  return await submit(
    call,
    () => handle(call, form),
    (refusal) => showProfile(call, action, { values: { time_zone: timeZone ?? "" }, refusal }),
  );
}

async function handle(call: Call, form: Form): Promise<Response> {
  const handler = formHandlers.get(form.text("action"));
  if (handler === undefined) throw invalid("action", shared.errors.unknownAction);
  return await handler(call, form);
}

async function changePassword(call: Call, form: Form): Promise<Response> {
  const { user, session } = inSession(call);
  const { users, sessions } = call.app.accounts;
  const newPassword = form.text("new_password");
  if (newPassword !== form.text("confirm_password")) {
    throw invalid("confirm_password", text.password.differ);
  }
  const currentPassword = form.text("current_password");
  await users.changePassword(call.actor, user.id, { currentPassword, newPassword });
  const { token } = await sessions.start(user, session);
  const headers = new Headers();
  setSessionCookie(headers, token, cookieTerms(call, session.remember));
  return backToProfile(call, "password_changed", headers);
}

async function changeTimeZone(call: Call, form: Form): Promise<Response> {
  if (!form.has("time_zone")) throw invalid("time_zone", text.timeZone.missing);
  const timeZone = form.text("time_zone").trim() || null;
  await call.app.accounts.users.changePreferences(call.actor, signedIn(call).user.id, { timeZone });
  return backToProfile(call, "saved");
}

async function endSession(call: Call, form: Form): Promise<Response> {
  const existed = await call.app.accounts.sessions.endOne(
    call.actor,
    signedIn(call).user,
    form.text("session"),
  );
  if (!existed) throw invalid("session", text.sessions.alreadyEnded);
  return backToProfile(call, "session_ended");
}

async function endOtherSessions(call: Call): Promise<Response> {
  const { user, session } = inSession(call);
  await call.app.accounts.sessions.endOthers(call.actor, user, session.id);
  return backToProfile(call, "other_sessions_ended");
}

async function deleteUpload(call: Call, form: Form): Promise<Response> {
  await call.app.files.uploads.remove(call.actor, form.text("upload"));
  return backToProfile(call, "upload_deleted");
}

function backToProfile(call: Call, code: NoticeCode, headers = new Headers()): Response {
  return goTo(call, href("profile"), { code }, headers);
}

/** Unfinished uploads on the page. */
const UPLOADS = 50;

/** Entries of the activity log on the page. */
const LATEST = 5;

/** `entry` holds what was typed into the form `action`, and the refusal if there is one. */
async function showProfile(call: Call, action: string, entry: Entry): Promise<Response> {
  const { user, session } = inSession(call);
  const { actor, app } = call;
  const { users, sessions } = app.accounts;
  const [listed, uploads, events] = await Promise.all([
    sessions.list(user.id),
    app.files.uploads.list(actor, { ownerId: user.id }, UPLOADS),
    app.audit.latestOwn(actor, LATEST),
  ]);
  const facts = {
    user,
    session,
    sessions: listed,
    uploads,
    events,
    isPasswordFixed: users.passwordIsFromEnvironment(user),
    siteZone: effectiveZone(call.settings),
  };
  return await showForm(
    call,
    { title: text.title, entry, scripts: ["zone.js"] },
    <Profile call={call} facts={facts} action={action} entry={entry} />,
  );
}
