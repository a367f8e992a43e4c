/** @jsxImportSource #markup */
import type { Call, Handler } from "../../http/call.ts";
import { safeNext } from "../../http/next-path.ts";
import {
  clearSessionCookie,
  readCookie,
  sessionCookieName,
  setNotice,
  setSessionCookie,
} from "../../http/request/cookies.ts";
import { type Form, readForm } from "../../http/request/form.ts";
import { seeOther } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { nameDevice } from "../../visits/user-agent.ts";
import { show } from "../ui/layout/layout.tsx";
import { type Entry, showForm, submit } from "../ui/post-form.tsx";
import { text as shared } from "../ui/text.en.ts";
import { SignInForm, SignOutForm } from "./sign-in-forms.tsx";

/** Signing in and out. */
export const signingIn = {
  signInForm,
  signIn,
  signOutForm,
  signOut,
} satisfies Record<string, Handler>;

function signInForm(call: Call): Response | Promise<Response> {
  const next = call.url.searchParams.get("next") ?? "";
  if (call.user !== null) return seeOther(safeNext(next), { call });
  return showSignIn(call, { values: { next } });
}

async function signIn(call: Call): Promise<Response> {
  const form = await readForm(call);
  return await submit(
    call,
    () => enter(call, form),
    (refusal) => showSignIn(call, { values: signInValues(form), refusal }),
  );
}

async function enter(call: Call, form: Form): Promise<Response> {
  const { users, sessions } = call.app.accounts;
  const address = call.client.address;
  const user = await users.signIn({
    username: form.text("username"),
    password: form.text("password"),
    address,
  });
  await endSession(call);
  const remember = form.checked("remember");
  const device = nameDevice(call.request.headers.get("user-agent") ?? "");
  const { token } = await sessions.start(user, { remember, device });
  const headers = new Headers();
  setSessionCookie(headers, token, cookieTerms(call, remember));
  return seeOther(safeNext(form.text("next")), { call, headers });
}

function signInValues(form: Form): Entry["values"] {
  return {
    username: form.text("username"),
    next: form.text("next"),
    remember: form.checked("remember") ? "on" : "off",
  };
}

function showSignIn(call: Call, entry: Entry): Promise<Response> {
  const days = call.settings["session.permanent_lifetime_days"];
  return showForm(
    call,
    { title: shared.actions.signIn, entry },
    <SignInForm entry={entry} days={days} />,
  );
}

function signOutForm(call: Call): Response | Promise<Response> {
  if (call.user === null) return seeOther(href("home"), { call });
  return show(call, { title: shared.actions.signOut }, <SignOutForm user={call.user} />);
}

async function signOut(call: Call): Promise<Response> {
  await endSession(call);
  const headers = new Headers();
  // Clears cached pages, so that "back" shows nothing; over http a browser would only log a warning.
  if (call.client.isHttps) headers.set("clear-site-data", '"cache"');
  clearSessionCookie(headers, call.client);
  setNotice(headers, { code: "signed_out" }, call.client);
  return seeOther(href("home"), { call, headers });
}

async function endSession({ app, request, client }: Call): Promise<void> {
  const token = readCookie(request, sessionCookieName(client.isHttps));
  if (token !== null) await app.accounts.sessions.end(token);
}

const SECONDS_IN_A_DAY = 86_400;

/** Attributes of the cookie of a new session. */
export function cookieTerms({ client, settings }: Call, remember: boolean) {
  const days = settings["session.permanent_lifetime_days"];
  return { isHttps: client.isHttps, maxAgeSeconds: remember ? days * SECONDS_IN_A_DAY : null };
}
