/** @jsxImportSource #markup */
import type { User } from "../../accounts/user.ts";
import type { Call, Handler } from "../../http/call.ts";
import { readForm } from "../../http/request/form.ts";
import { download } from "../../http/response/download.ts";
import { href } from "../../http/urls.ts";
import { invalid } from "../../problem.ts";
import { backUpUser } from "../../user-backup/back-up-user.ts";
import { withRecentSignIn } from "../accounts/confirm-password.tsx";
import { findAccount, signedIn } from "../signed-in.ts";
import { PageHead } from "../ui/layout/layout.tsx";
import { type Entry, InputField, PostForm, showForm, submit } from "../ui/post-form.tsx";
import { text as uiText } from "../ui/text.en.ts";
import { text } from "./text.en.ts";

/** `/backup/create`: downloads a user's backup as a zip. */
export const backup = { show, make } satisfies Record<string, Handler>;

function show(call: Call): Promise<Response> {
  return showPage(call, { values: { target_user: signedIn(call).user.username } });
}

async function make(call: Call): Promise<Response> {
  const form = await readForm(call);
  const username = form.text("target_user").trim();
  return await submit(
    call,
    async () => {
      const user = await targetUser(call, username);
      const carryOut = async () => {
        const { name, bytes } = await backUpUser(call.app, call.actor, user);
        return download(bytes, { call, name, type: "application/zip" });
      };
      if (user.id === signedIn(call).user.id) return await carryOut();
      return await withRecentSignIn(call, form, "backup.make_of_other", carryOut);
    },
    (refusal) => showPage(call, { values: { target_user: username }, refusal }),
  );
}

/**
 * The user to back up or restore: administrators may name any, others are always themselves.
 * @throws Problem `invalid` on `target_user`
 */
export async function targetUser(call: Call, username: string): Promise<User> {
  const found = await findAccount(call, username);
  if (found !== null) return found;
  throw invalid("target_user", text.noAccount);
}

function showPage(call: Call, entry: Entry): Promise<Response> {
  const { title } = text.backup;
  return showForm(call, { title, entry }, <BackupPage call={call} entry={entry} />);
}

function BackupPage({ call, entry }: { call: Call; entry: Entry }) {
  return (
    <div class="form-width">
      <PageHead title={text.backup.title} />
      <p>{text.backup.about}</p>
      <PostForm action={href("backup")} entry={entry}>
        <TargetUser call={call} entry={entry} label={text.backup.user} />
        <button class="btn btn-primary" type="submit">
          {uiText.actions.download}
        </button>
      </PostForm>
      <h2 class="h4 mt-5">{text.backup.restoreTitle}</h2>
      <p>{text.backup.restoreAbout}</p>
      <a class="btn btn-quiet" href={href("restore")}>
        {text.backup.restore}
      </a>
    </div>
  );
}

/** The field for a user name, for administrators only. */
export function TargetUser({ call, entry, label }: { call: Call; entry: Entry; label: string }) {
  if (call.user?.role !== "administrator") return null;
  return (
    <InputField
      entry={entry}
      name="target_user"
      label={label}
      help={text.targetHelp}
      autocomplete="off"
      autocapitalize="none"
    />
  );
}
