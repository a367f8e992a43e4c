/** @jsxImportSource hono/jsx */
import type { AccountSummary } from "../../accounts/user-admin.ts";
import type { RemovalSummary } from "../../accounts/user-removal.ts";
import { removalPlanSchema } from "../../accounts/user-schema.ts";
import type { Call, Handler } from "../../http/call.ts";
import { setNotice } from "../../http/request/cookies.ts";
import { type Form, readForm } from "../../http/request/form.ts";
import { seeOther } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { parseInput } from "../../parse-input.ts";
import { formatBytes, formatCount, plural } from "../../text/format.ts";
import { signedIn } from "../signed-in.ts";
import { PageHead } from "../ui/layout/layout.tsx";
import { type Entry, InputField, PostForm, Radios, showForm, submit } from "../ui/post-form.tsx";

/** `/users/<name>/delete`: tells what would go, asks what becomes of it, and deletes the account. */
export const userDeletion = { ask, remove } satisfies Record<string, Handler>;

async function ask(call: Call): Promise<Response> {
  const person = await findAccount(call);
  const { username } = signedIn(call).user;
  return await showQuestion(call, person, { values: { links: "transfer", to: username } });
}

async function remove(call: Call): Promise<Response> {
  const form = await readForm(call.request);
  const person = await findAccount(call);
  const [links, to] = [form.text("links"), form.text("to")];
  return await submit(
    call,
    () => removeAccount(call, person, form),
    (refusal) => showQuestion(call, person, { values: { links, to }, refusal }),
  );
}

function findAccount({ app, actor, params }: Call): Promise<AccountSummary> {
  return app.userAdmin.get(actor, params.username ?? "");
}

async function removeAccount(call: Call, { id }: AccountSummary, form: Form): Promise<Response> {
  const plan = parseInput(removalPlanSchema, { links: form.text("links"), to: form.text("to") });
  await call.app.userRemoval.remove(call.actor, id, plan);
  const headers = new Headers();
  setNotice(headers, { code: "account_deleted" }, call.client);
  return seeOther(href("users"), { call, headers });
}

async function showQuestion(call: Call, person: AccountSummary, entry: Entry): Promise<Response> {
  const facts = await call.app.userRemoval.summarize(call.actor, person.id);
  return await showForm(
    call,
    { title: "Delete a user", entry },
    <Question person={person} facts={facts} entry={entry} />,
  );
}

interface QuestionProps {
  readonly person: AccountSummary;
  readonly facts: RemovalSummary;
  readonly entry: Entry;
}

function Question({ person: { username, displayName }, facts, entry }: QuestionProps) {
  return (
    <div class="form-width">
      <PageHead
        title={
          <>
            Delete <span class="name">{displayName}</span>?
          </>
        }
      />
      <p>
        The account <span class="name">{username}</span> goes for good, and is signed out everywhere
        at once.
      </p>
      <Estate facts={facts} />
      <PostForm action={href("deleteUser", { username })} entry={entry}>
        <Radios entry={entry} name="links" label="What becomes of the links" options={choices} />
        <InputField
          entry={entry}
          name="to"
          label="Who gets them"
          help="A user name; it counts where the links are handed over."
          autocomplete="off"
          autocapitalize="none"
        />
        <div class="page-actions">
          <button class="btn btn-danger" type="submit">
            Delete the account
          </button>
          <a class="btn btn-quiet" href={href("user", { username })}>
            Cancel
          </a>
        </div>
      </PostForm>
    </div>
  );
}

const choices = [
  ["transfer", "Hand them over to another user"],
  ["keep", "Keep them, as yours"],
  ["delete", "Delete them with all their files and visits"],
] as const;

function Estate({ facts: { links, visits, files, bytes } }: { facts: RemovalSummary }) {
  if (links === 0 && files === 0) return <p>It has no links and no files.</p>;
  return (
    <p>
      It has {plural(links, { one: "1 link", other: `${formatCount(links)} links` })}, opened{" "}
      {plural(visits, { one: "1 time", other: `${formatCount(visits)} times` })} in the last 30
      days, and {plural(files, { one: "1 file", other: `${formatCount(files)} files` })} of{" "}
      {formatBytes(bytes)}.
    </p>
  );
}
