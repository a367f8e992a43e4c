/** @jsxImportSource hono/jsx */
import type { User } from "../../accounts/user.ts";
import type { Call, Handler } from "../../http/call.ts";
import { readForm } from "../../http/request/form.ts";
import { download } from "../../http/response/download.ts";
import { href } from "../../http/urls.ts";
import { invalid } from "../../problem.ts";
import { backUpUser } from "../../user-backup/back-up-user.ts";
import { signedIn } from "../signed-in.ts";
import { PageHead } from "../ui/layout/layout.tsx";
import { type Entry, InputField, PostForm, showForm, submit } from "../ui/post-form.tsx";

/** `/backup/create`: everything of one's own as a zip. */
export const backup = { show, make } satisfies Record<string, Handler>;

function show(call: Call): Promise<Response> {
  return showPage(call, { values: { target_user: signedIn(call).user.username } });
}

async function make(call: Call): Promise<Response> {
  const form = await readForm(call.request);
  const username = form.text("target_user").trim();
  return await submit(
    call,
    async () => {
      const user = await targetUser(call, username);
      const { name, bytes } = await backUpUser(call.app, call.actor, user);
      return download(bytes, { call, name, type: "application/zip" });
    },
    (refusal) => showPage(call, { values: { target_user: username }, refusal }),
  );
}

/**
 * Whose data it is about: an administrator may name anybody, others are asked about their own.
 * @throws Problem `invalid` on `target_user`
 */
export async function targetUser(call: Call, username: string): Promise<User> {
  const { user } = signedIn(call);
  if (username === "" || username === user.username) return user;
  const found =
    user.role === "administrator" ? await call.app.users.findByUsername(username) : null;
  if (found !== null) return found;
  throw invalid("target_user", "There is no such account.");
}

function showPage(call: Call, entry: Entry): Promise<Response> {
  return showForm(call, { title: "Your data", entry }, <BackupPage call={call} entry={entry} />);
}

function BackupPage({ call, entry }: { call: Call; entry: Entry }) {
  return (
    <div class="form-width">
      <PageHead title="Your data" />
      <p>
        Download everything of yours as one zip file: links, files, settings and the visits to your
        links. Passwords are not in it. You can bring it back here, or take it to another Trunk8.
      </p>
      <PostForm action={href("backup")} entry={entry}>
        <TargetUser call={call} entry={entry} label="Whose data" />
        <button class="btn btn-primary" type="submit">
          Download
        </button>
      </PostForm>
      <h2 class="h4 mt-5">Bring data back</h2>
      <p>
        From a zip file that was made here, or by the earlier Trunk8. You see what would happen
        before anything does.
      </p>
      <a class="btn btn-quiet" href={href("restore")}>
        Restore
      </a>
    </div>
  );
}

/** Only an administrator is asked. */
export function TargetUser({ call, entry, label }: { call: Call; entry: Entry; label: string }) {
  if (call.user?.role !== "administrator") return null;
  return (
    <InputField
      entry={entry}
      name="target_user"
      label={label}
      help="A user name."
      autocomplete="off"
      autocapitalize="none"
    />
  );
}
