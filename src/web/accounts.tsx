/** @jsxImportSource hono/jsx */
import type { Call, Handler } from "../http/call.ts";
import {
  clearSessionCookie,
  readCookie,
  sessionCookieName,
  setNotice,
  setSessionCookie,
} from "../http/cookies.ts";
import { type Form, readForm } from "../http/form.ts";
import { seeOther } from "../http/response.ts";
import { href, safeNext } from "../http/urls.ts";
import { invalid } from "../problem.ts";
import { nameDevice } from "../visits/agent.ts";
import { Profile, SignInForm, SignOutForm } from "./accountforms.tsx";
import { signedIn } from "./signedin.ts";
import { type Entry, showForm, submit } from "./ui/form.tsx";
import { show } from "./ui/layout.tsx";

/** Signing in and out, and one's own account. */
export const accounts = {
  signInForm,
  signIn,
  signOutForm,
  signOut,
  profile,
  changePassword,
} satisfies Record<string, Handler>;

function signInForm(call: Call): Response | Promise<Response> {
  const next = call.url.searchParams.get("next") ?? "";
  if (call.user !== null) return seeOther(safeNext(next), { call });
  return showSignIn(call, { values: { next } });
}

async function signIn(call: Call): Promise<Response> {
  const form = await readForm(call.request);
  return await submit(
    call,
    () => enter(call, form),
    (refusal) => showSignIn(call, { values: signInValues(form), refusal }),
  );
}

async function enter(call: Call, form: Form): Promise<Response> {
  const { users, sessions } = call.app;
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
  return showForm(call, { title: "Sign in", entry }, <SignInForm entry={entry} />);
}

function signOutForm(call: Call): Response | Promise<Response> {
  if (call.user === null) return seeOther(href("home"), { call });
  return show(call, { title: "Sign out" }, <SignOutForm user={call.user} />);
}

async function signOut(call: Call): Promise<Response> {
  await endSession(call);
  // What a signed-in browser kept of our pages goes, so that "back" shows nothing.
  const headers = new Headers({ "clear-site-data": '"cache"' });
  clearSessionCookie(headers, call.client);
  setNotice(headers, { code: "signed_out" }, call.client);
  return seeOther(href("home"), { call, headers });
}

async function endSession({ app, request, client }: Call): Promise<void> {
  const token = readCookie(request, sessionCookieName(client.isHttps));
  if (token !== null) await app.sessions.end(token);
}

function profile(call: Call): Promise<Response> {
  return showProfile(call, { values: {} });
}

async function changePassword(call: Call): Promise<Response> {
  const form = await readForm(call.request);
  return await submit(
    call,
    () => replacePassword(call, form),
    (refusal) => showProfile(call, { values: {}, refusal }),
  );
}

async function replacePassword(call: Call, form: Form): Promise<Response> {
  const { user, session } = signedIn(call);
  const { users, sessions } = call.app;
  if (form.text("action") !== "change_password") {
    throw invalid("action", "This form can only change the password.");
  }
  const newPassword = form.text("new_password");
  if (newPassword !== form.text("confirm_password")) {
    throw invalid("confirm_password", "The two new passwords differ.");
  }
  const currentPassword = form.text("current_password");
  await users.changePassword(call.actor, user.id, { currentPassword, newPassword });
  const { token } = await sessions.start(user, session);
  const headers = new Headers();
  setSessionCookie(headers, token, cookieTerms(call, session.remember));
  setNotice(headers, { code: "password_changed" }, call.client);
  return seeOther(href("profile"), { call, headers });
}

const SECONDS_IN_A_DAY = 86_400;

function cookieTerms({ client, settings }: Call, remember: boolean) {
  const days = settings["session.permanent_lifetime_days"];
  return { isHttps: client.isHttps, maxAgeSeconds: remember ? days * SECONDS_IN_A_DAY : null };
}

function showProfile(call: Call, entry: Entry): Promise<Response> {
  const { user } = signedIn(call);
  const isFixed = call.app.users.passwordIsFromEnvironment(user);
  return showForm(
    call,
    { title: "Profile", entry },
    <Profile user={user} entry={entry} isFixed={isFixed} />,
  );
}
