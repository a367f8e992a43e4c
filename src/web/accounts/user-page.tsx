/** @jsxImportSource #markup */

import { text as accounts } from "../../accounts/text.en.ts";
import type { Role } from "../../accounts/user.ts";
import type { AccountSummary } from "../../accounts/user-admin.ts";
import { accountChangesSchema } from "../../accounts/user-schema.ts";
import { BYTES_A_MB } from "../../config/values/sizes.ts";
import type { Call, Handler } from "../../http/call.ts";
import type { NoticeCode } from "../../http/request/cookies.ts";
import { type Form, readForm } from "../../http/request/form.ts";
import { hasJsonBody, readJsonInput } from "../../http/request/json-body.ts";
import { href } from "../../http/urls.ts";
import { parseInput } from "../../parse-input.ts";
import type { SensitiveAction } from "../../policy.ts";
import { invalid } from "../../problem.ts";
import { goTo } from "../go-to.ts";
import { TABLE_SCRIPT } from "../links/list/link-table.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { fillText } from "../ui/fill-text.tsx";
import { PageHead, show } from "../ui/layout/layout.tsx";
import { type Entry, showForm, submit } from "../ui/post-form.tsx";
import { text as shared } from "../ui/text.en.ts";
import { answerAccount } from "./account-json.ts";
import { requireRecentSignIn, withRecentSignIn } from "./confirm-password.tsx";
import { text } from "./text.en.ts";
import { UserDetails } from "./user-details.tsx";

/** `/users/<name>`: one account, for administrators. */
export const userPage = { show: showAccount, change } satisfies Record<string, Handler>;

type FormHandler = (call: Call, account: AccountSummary, form: Form) => Promise<Response>;

/** Handlers of the forms on the page, by their field `action`. */
const formHandlers: ReadonlyMap<string, FormHandler> = new Map([
  ["change", changeAccount],
  ["disable", (call: Call, account: AccountSummary) => setDisabled(call, account, true)],
  ["enable", (call: Call, account: AccountSummary) => setDisabled(call, account, false)],
  ["sign_out", signOut],
  ["one_time_password", createOneTimePassword],
]);

/** Links shown on the page. */
const NEWEST = 10;

async function showAccount(call: Call): Promise<Response> {
  const account = await findAccount(call);
  return await showUser(call, account, { values: storedValues(account) });
}

async function change(call: Call): Promise<Response> {
  if (hasJsonBody(call.request)) return await changeFromJson(call);
  const form = await readForm(call);
  const account = await findAccount(call);
  return await submit(
    call,
    () => handle(call, account, form),
    (refusal) => showUser(call, account, { values: typedValues(account, form), refusal }),
  );
}

async function changeFromJson(call: Call): Promise<Response> {
  const { yourPassword, ...body } = await readJsonInput(call);
  const changes = parseInput(accountChangesSchema, body);
  const { id, role } = await findAccount(call);
  if (changes.role !== undefined && changes.role !== role)
    await requireRecentSignIn(call, yourPassword, "user.change_role");
  await call.app.accounts.admin.change(call.actor, id, changes);
  return answerAccount(call, 200, await findAccount(call));
}

function findAccount({ app, actor, params }: Call): Promise<AccountSummary> {
  return app.accounts.admin.get(actor, params.username ?? "");
}

async function handle(call: Call, account: AccountSummary, form: Form): Promise<Response> {
  const handler = formHandlers.get(form.text("action"));
  if (handler === undefined) throw invalid("action", shared.errors.unknownAction);
  const carryOut = () => handler(call, account, form);
  const action = sensitiveIn(account, form);
  return action === null ? await carryOut() : await withRecentSignIn(call, form, action, carryOut);
}

function sensitiveIn({ role }: AccountSummary, form: Form): SensitiveAction | null {
  switch (form.text("action")) {
    case "one_time_password":
      return "user.set_password";
    case "change":
      return form.has("role") && form.text("role") !== role ? "user.change_role" : null;
    default:
      return null;
  }
}

async function changeAccount(call: Call, account: AccountSummary, form: Form): Promise<Response> {
  await call.app.accounts.admin.change(call.actor, account.id, {
    ...(form.has("display_name") && { displayName: form.text("display_name") }),
    ...(form.has("role") && { role: readRole(form.text("role")) }),
    ...(form.has("quota_mb") && { quota: readQuota(form.text("quota_mb")) }),
  });
  return backTo(call, account, "saved");
}

function readRole(typed: string): Role {
  if (typed === "user" || typed === "administrator") return typed;
  throw invalid("role", accounts.administration.chooseRole);
}

/** Bytes; null, the site default, if the field is empty. */
function readQuota(typed: string): number | null {
  const megabytes = typed.trim();
  if (megabytes === "") return null;
  if (/^\d{1,9}(\.\d{1,20})?$/.test(megabytes)) return Math.round(Number(megabytes) * BYTES_A_MB);
  throw invalid("quota_mb", text.user.quotaInvalid);
}

async function setDisabled(
  call: Call,
  account: AccountSummary,
  disabled: boolean,
): Promise<Response> {
  await call.app.accounts.admin.change(call.actor, account.id, { disabled });
  return backTo(call, account, "saved");
}

async function signOut(call: Call, account: AccountSummary): Promise<Response> {
  await call.app.accounts.sessions.endAll(call.actor, account);
  return backTo(call, account, "signed_out_everywhere");
}

/** The response is the only place where the password is ever shown. */
async function createOneTimePassword(call: Call, account: AccountSummary): Promise<Response> {
  const password = await call.app.accounts.users.createOneTimePassword(
    call.actor,
    account.username,
  );
  return await show(
    call,
    { title: text.oneTimePassword.title },
    <OneTimePassword account={account} password={password} />,
  );
}

interface OneTimePasswordProps {
  readonly account: AccountSummary;
  readonly password: string;
}

function OneTimePassword({ account: { username, displayName }, password }: OneTimePasswordProps) {
  const name = <span class="name">{displayName}</span>;
  return (
    <div class="form-width">
      <PageHead title={text.oneTimePassword.title} />
      <p>{fillText(text.oneTimePassword.explanation, { name })}</p>
      <div class="d-flex flex-wrap gap-3 align-items-center mb-4">
        <code class="fs-4 name text-body" id="one-time-password">
          {password}
        </code>
        <CopyButton text={password} what={text.oneTimePassword.copied} />
      </div>
      <a class="btn btn-primary" href={href("user", { username })}>
        {text.oneTimePassword.back}
      </a>
    </div>
  );
}

function backTo(call: Call, { username }: AccountSummary, code: NoticeCode): Response {
  return goTo(call, href("user", { username }), { code });
}

function storedValues({ displayName, role, quota }: AccountSummary): Entry["values"] {
  const megabytes = quota === null ? "" : String(quota / BYTES_A_MB);
  return { display_name: displayName, role, quota_mb: megabytes };
}

function typedValues(account: AccountSummary, form: Form): Entry["values"] {
  const names = ["display_name", "role", "quota_mb"];
  const typed = names.filter((name) => form.has(name)).map((name) => [name, form.text(name)]);
  return { ...storedValues(account), ...Object.fromEntries(typed) };
}

async function showUser(call: Call, account: AccountSummary, entry: Entry): Promise<Response> {
  const { app, actor } = call;
  const [sessions, { links }] = await Promise.all([
    app.accounts.sessions.list(account.id),
    app.links.list(actor, { ownerId: account.id, limit: NEWEST }),
  ]);
  return await showForm(
    call,
    { title: account.displayName, entry, sheets: ["link.css"], scripts: [TABLE_SCRIPT] },
    <UserDetails call={call} account={account} sessions={sessions} links={links} entry={entry} />,
  );
}
