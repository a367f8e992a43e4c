/** @jsxImportSource #markup */

import type { AccountSummary } from "../../accounts/user-admin.ts";
import type { RemovalSummary } from "../../accounts/user-removal.ts";
import { removalPlanSchema } from "../../accounts/user-schema.ts";
import type { Call, Handler } from "../../http/call.ts";
import { type Form, readForm } from "../../http/request/form.ts";
import { hasJsonBody, readJsonInput } from "../../http/request/json-body.ts";
import { json } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { parseInput } from "../../parse-input.ts";
import { formatBytes } from "../../text/format.ts";
import { goTo } from "../go-to.ts";
import { signedIn } from "../signed-in.ts";
import { fillText } from "../ui/fill-text.tsx";
import { PageHead } from "../ui/layout/layout.tsx";
import { type Entry, InputField, PostForm, Radios, showForm, submit } from "../ui/post-form.tsx";
import { text as shared } from "../ui/text.en.ts";
import { requireRecentSignIn, withRecentSignIn } from "./confirm-password.tsx";
import { text } from "./text.en.ts";

/** `/users/<name>/delete`: shows what the account has, asks what happens to the links, and deletes it. */
export const userDeletion = { ask, remove } satisfies Record<string, Handler>;

async function ask(call: Call): Promise<Response> {
  const account = await findAccount(call);
  const { username } = signedIn(call).user;
  return await showQuestion(call, account, { values: { links: "transfer", to: username } });
}

async function remove(call: Call): Promise<Response> {
  if (hasJsonBody(call.request)) return await removeFromJson(call);
  const form = await readForm(call);
  const account = await findAccount(call);
  const [links, to] = [form.text("links"), form.text("to")];
  return await submit(
    call,
    () => withRecentSignIn(call, form, "user.delete", () => removeAccount(call, account, form)),
    (refusal) => showQuestion(call, account, { values: { links, to }, refusal }),
  );
}

async function removeFromJson(call: Call): Promise<Response> {
  const { yourPassword, ...body } = await readJsonInput(call);
  const plan = parseInput(removalPlanSchema, body);
  const { id } = await findAccount(call);
  await requireRecentSignIn(call, yourPassword, "user.delete");
  const links = await call.app.accounts.removal.remove(call.actor, id, plan);
  return json({ links }, { call });
}

function findAccount({ app, actor, params }: Call): Promise<AccountSummary> {
  return app.accounts.admin.get(actor, params.username ?? "");
}

async function removeAccount(call: Call, { id }: AccountSummary, form: Form): Promise<Response> {
  const plan = parseInput(removalPlanSchema, { links: form.text("links"), to: form.text("to") });
  await call.app.accounts.removal.remove(call.actor, id, plan);
  return goTo(call, href("users"), { code: "account_deleted" });
}

async function showQuestion(call: Call, account: AccountSummary, entry: Entry): Promise<Response> {
  const summary = await call.app.accounts.removal.summarize(call.actor, account.id);
  return await showForm(
    call,
    { title: text.delete.title, entry },
    <Question account={account} summary={summary} entry={entry} />,
  );
}

interface QuestionProps {
  readonly account: AccountSummary;
  readonly summary: RemovalSummary;
  readonly entry: Entry;
}

function Question({ account: { username, displayName }, summary, entry }: QuestionProps) {
  const name = <span class="name">{displayName}</span>;
  return (
    <div class="form-width">
      <PageHead title={fillText(text.delete.question, { name })} />
      <p>{fillText(text.delete.explanation, { username: <span class="name">{username}</span> })}</p>
      <p>{describe(summary)}</p>
      <PostForm action={href("deleteUser", { username })} entry={entry}>
        <Radios entry={entry} name="links" label={text.delete.links} options={choices()} />
        <InputField
          entry={entry}
          name="to"
          label={shared.labels.newOwner}
          help={text.delete.newOwnerHelp}
          autocomplete="off"
          autocapitalize="none"
        />
        <div class="page-actions">
          <button class="btn btn-danger" type="submit">
            {text.delete.action}
          </button>
          <a class="btn btn-quiet" href={href("user", { username })}>
            {shared.actions.cancel}
          </a>
        </div>
      </PostForm>
    </div>
  );
}

function choices() {
  return (["transfer", "keep", "delete"] as const).map(
    (plan) => [plan, text.delete[plan]] as const,
  );
}

function describe({ bytes, ...counts }: RemovalSummary): string {
  if (counts.links === 0 && counts.files === 0) return text.delete.hasNothing;
  return text.delete.has({ ...counts, size: formatBytes(bytes) });
}
