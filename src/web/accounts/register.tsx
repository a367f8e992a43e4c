/** @jsxImportSource #markup */

import { text as accounts } from "../../accounts/text.en.ts";
import { newUserSchema } from "../../accounts/user-schema.ts";
import type { Call, Handler } from "../../http/call.ts";
import { type Form, readForm } from "../../http/request/form.ts";
import { hasJsonBody, readJsonInput } from "../../http/request/json-body.ts";
import { href } from "../../http/urls.ts";
import { parseInput } from "../../parse-input.ts";
import { invalid } from "../../problem.ts";
import { goTo } from "../go-to.ts";
import { PageHead } from "../ui/layout/layout.tsx";
import { Checkbox, type Entry, InputField, PostForm, showForm, submit } from "../ui/post-form.tsx";
import { text as shared } from "../ui/text.en.ts";
import { answerAccount } from "./account-json.ts";
import { requireRecentSignIn, withRecentSignIn } from "./confirm-password.tsx";
import { text } from "./text.en.ts";

/** `/auth/register`: an administrator creates an account. */
export const register = { show, create } satisfies Record<string, Handler>;

function show(call: Call): Promise<Response> {
  return showRegister(call, { values: {} });
}

async function create(call: Call): Promise<Response> {
  if (hasJsonBody(call.request)) return await createFromJson(call);
  const form = await readForm(call);
  return await submit(
    call,
    () => {
      const carryOut = () => createAccount(call, form);
      if (!form.checked("is_admin")) return carryOut();
      return withRecentSignIn(call, form, "user.create_administrator", carryOut);
    },
    (refusal) => showRegister(call, { values: valuesOf(form), refusal }),
  );
}

async function createFromJson(call: Call): Promise<Response> {
  const { yourPassword, ...body } = await readJsonInput(call);
  const input = parseInput(newUserSchema, body);
  if (input.role === "administrator")
    await requireRecentSignIn(call, yourPassword, "user.create_administrator");
  return answerAccount(call, 201, await call.app.accounts.users.create(call.actor, input));
}

async function createAccount(call: Call, form: Form): Promise<Response> {
  const password = form.text("password");
  if (password !== form.text("confirm_password"))
    throw invalid("confirm_password", text.create.passwordsDiffer);
  const { username } = await call.app.accounts.users.create(call.actor, {
    username: form.text("username").trim(),
    password,
    displayName: form.text("display_name"),
    role: form.checked("is_admin") ? "administrator" : "user",
  });
  return goTo(call, href("user", { username }), { code: "account_created" });
}

function valuesOf(form: Form): Entry["values"] {
  return {
    username: form.text("username"),
    display_name: form.text("display_name"),
    is_admin: form.checked("is_admin") ? "on" : "off",
  };
}

function showRegister(call: Call, entry: Entry): Promise<Response> {
  return showForm(call, { title: text.create.action, entry }, <RegisterForm entry={entry} />);
}

function RegisterForm({ entry }: { entry: Entry }) {
  return (
    <div class="form-width">
      <PageHead title={text.create.action} />
      <PostForm action={href("register")} entry={entry}>
        <NameFields entry={entry} />
        <PasswordFields entry={entry} />
        <Checkbox
          entry={entry}
          name="is_admin"
          label={accounts.roles.administrator}
          help={text.create.administratorHelp}
        />
        <div class="page-actions">
          <button class="btn btn-primary" type="submit">
            {text.create.action}
          </button>
          <a class="btn btn-quiet" href={href("users")}>
            {shared.actions.cancel}
          </a>
        </div>
      </PostForm>
    </div>
  );
}

function NameFields({ entry }: { entry: Entry }) {
  return (
    <>
      <InputField
        entry={entry}
        name="username"
        label={shared.labels.username}
        help={text.create.usernameHelp}
        autocomplete="off"
        autocapitalize="none"
        required
        focused
      />
      <InputField
        entry={entry}
        name="display_name"
        label={shared.labels.name}
        help={text.create.nameHelp}
        autocomplete="off"
      />
    </>
  );
}

function PasswordFields({ entry }: { entry: Entry }) {
  return (
    <>
      <InputField
        entry={entry}
        name="password"
        label={text.signIn.password}
        help={text.create.passwordHelp}
        type="password"
        autocomplete="new-password"
        required
      />
      <InputField
        entry={entry}
        name="confirm_password"
        label={text.create.repeatPassword}
        type="password"
        autocomplete="new-password"
        required
      />
    </>
  );
}
