/** @jsxImportSource hono/jsx */
import type { Role } from "../../accounts/user.ts";
import type { AccountSummary } from "../../accounts/user-admin.ts";
import { BYTES_A_MB } from "../../config/values/sizes.ts";
import type { Call, Handler } from "../../http/call.ts";
import { type NoticeCode, setNotice } from "../../http/request/cookies.ts";
import { type Form, readForm } from "../../http/request/form.ts";
import { seeOther } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { invalid } from "../../problem.ts";
import { show } from "../ui/layout/layout.tsx";
import { type Entry, showForm, submit } from "../ui/post-form.tsx";
import { OneTimePassword } from "./one-time-password.tsx";
import { UserView } from "./user-details.tsx";

/** `/users/<name>`: one account, as administrators see and change it. */
export const userPage = { show: showPerson, change } satisfies Record<string, Handler>;

type Deed = (call: Call, person: AccountSummary, form: Form) => Promise<Response>;

/** What the forms of the page ask for, by their `action`. */
const deeds: ReadonlyMap<string, Deed> = new Map([
  ["change", changeAccount],
  ["disable", (call: Call, person: AccountSummary) => setDisabled(call, person, true)],
  ["enable", (call: Call, person: AccountSummary) => setDisabled(call, person, false)],
  ["sign_out", signOut],
  ["one_time_password", giveOneTimePassword],
]);

const NEWEST = 10;

async function showPerson(call: Call): Promise<Response> {
  const person = await findAccount(call);
  return await showUser(call, person, { values: storedValues(person) });
}

async function change(call: Call): Promise<Response> {
  const form = await readForm(call.request);
  const person = await findAccount(call);
  return await submit(
    call,
    () => act(call, person, form),
    (refusal) => showUser(call, person, { values: typedValues(person, form), refusal }),
  );
}

function findAccount({ app, actor, params }: Call): Promise<AccountSummary> {
  return app.userAdmin.get(actor, params.username ?? "");
}

async function act(call: Call, person: AccountSummary, form: Form): Promise<Response> {
  const deed = deeds.get(form.text("action"));
  if (deed === undefined) throw invalid("action", "This page has no such form.");
  return await deed(call, person, form);
}

async function changeAccount(call: Call, person: AccountSummary, form: Form): Promise<Response> {
  await call.app.userAdmin.change(call.actor, person.id, {
    ...(form.has("display_name") && { displayName: form.text("display_name") }),
    ...(form.has("role") && { role: parseRole(form.text("role")) }),
    ...(form.has("quota_mb") && { quota: parseQuota(form.text("quota_mb")) }),
  });
  return backTo(call, person, "saved");
}

function parseRole(text: string): Role {
  if (text === "user" || text === "administrator") return text;
  throw invalid("role", "Choose a role: user or administrator.");
}

/** Bytes; nothing typed is what the settings say. */
function parseQuota(text: string): number | null {
  const typed = text.trim();
  if (typed === "") return null;
  if (/^\d{1,9}(\.\d{1,20})?$/.test(typed)) return Math.round(Number(typed) * BYTES_A_MB);
  throw invalid("quota_mb", "Give a number of MB, 0 for any number, or nothing for the site's.");
}

async function setDisabled(
  call: Call,
  person: AccountSummary,
  disabled: boolean,
): Promise<Response> {
  await call.app.userAdmin.change(call.actor, person.id, { disabled });
  return backTo(call, person, "saved");
}

async function signOut(call: Call, person: AccountSummary): Promise<Response> {
  await call.app.sessions.endAll(call.actor, person);
  return backTo(call, person, "signed_out_everywhere");
}

/** The answer is the only place where it ever stands. */
async function giveOneTimePassword(call: Call, person: AccountSummary): Promise<Response> {
  const password = await call.app.users.createOneTimePassword(call.actor, person.username);
  const shown = { person, password };
  return await show(call, { title: "One-time password" }, <OneTimePassword {...shown} />);
}

function backTo(call: Call, { username }: AccountSummary, code: NoticeCode): Response {
  const headers = new Headers();
  setNotice(headers, { code }, call.client);
  return seeOther(href("user", { username }), { call, headers });
}

function storedValues({ displayName, role, quota }: AccountSummary): Entry["values"] {
  const megabytes = quota === null ? "" : String(quota / BYTES_A_MB);
  return { display_name: displayName, role, quota_mb: megabytes };
}

function typedValues(person: AccountSummary, form: Form): Entry["values"] {
  const names = ["display_name", "role", "quota_mb"];
  const typed = names.filter((name) => form.has(name)).map((name) => [name, form.text(name)]);
  return { ...storedValues(person), ...Object.fromEntries(typed) };
}

async function showUser(call: Call, person: AccountSummary, entry: Entry): Promise<Response> {
  const { app, actor } = call;
  const [sessions, { links }] = await Promise.all([
    app.sessions.list(person.id),
    app.links.list(actor, { ownerId: person.id, limit: NEWEST }),
  ]);
  const shown = { call, person, sessions, links, entry };
  return await showForm(
    call,
    { title: person.displayName, entry, sheets: ["link.css"] },
    <UserView {...shown} />,
  );
}
