/** @jsxImportSource hono/jsx */
import type { Call, Handler } from "../../http/call.ts";
import { setNotice } from "../../http/request/cookies.ts";
import { type Form, readForm } from "../../http/request/form.ts";
import { seeOther } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { invalid } from "../../problem.ts";
import { PageHead } from "../ui/layout/layout.tsx";
import { Checkbox, type Entry, InputField, PostForm, showForm, submit } from "../ui/post-form.tsx";

/** `/auth/register`: an administrator makes an account. */
export const register = { show, make } satisfies Record<string, Handler>;

function show(call: Call): Promise<Response> {
  return showRegister(call, { values: {} });
}

async function make(call: Call): Promise<Response> {
  const form = await readForm(call.request);
  return await submit(
    call,
    () => makeAccount(call, form),
    (refusal) => showRegister(call, { values: valuesOf(form), refusal }),
  );
}

async function makeAccount(call: Call, form: Form): Promise<Response> {
  const password = form.text("password");
  if (password !== form.text("confirm_password"))
    throw invalid("confirm_password", "The two passwords differ.");
  const { username } = await call.app.users.create(call.actor, {
    username: form.text("username").trim(),
    password,
    displayName: form.text("display_name"),
    role: form.checked("is_admin") ? "administrator" : "user",
  });
  const headers = new Headers();
  setNotice(headers, { code: "account_created" }, call.client);
  return seeOther(href("user", { username }), { call, headers });
}

function valuesOf(form: Form): Entry["values"] {
  return {
    username: form.text("username"),
    display_name: form.text("display_name"),
    is_admin: form.checked("is_admin") ? "on" : "off",
  };
}

function showRegister(call: Call, entry: Entry): Promise<Response> {
  return showForm(call, { title: "Add a user", entry }, <RegisterForm entry={entry} />);
}

function RegisterForm({ entry }: { entry: Entry }) {
  return (
    <div class="form-width">
      <PageHead title="Add a user" />
      <PostForm action={href("register")} entry={entry}>
        <InputField
          entry={entry}
          name="username"
          label="User name"
          help="3 to 50 letters A-Z a-z, digits, - and _. It never changes."
          autocomplete="off"
          autocapitalize="none"
          required
          focused
        />
        <InputField
          entry={entry}
          name="display_name"
          label="Name"
          help="Shown to people, in any script. Empty: the user name."
          autocomplete="off"
        />
        <InputField
          entry={entry}
          name="password"
          label="Password"
          help="At least 8 characters."
          type="password"
          autocomplete="new-password"
          required
        />
        <InputField
          entry={entry}
          name="confirm_password"
          label="Password again"
          type="password"
          autocomplete="new-password"
          required
        />
        <Checkbox
          entry={entry}
          name="is_admin"
          label="Administrator"
          help="Sees and manages everybody's links, files and accounts."
        />
        <div class="page-actions">
          <button class="btn btn-primary" type="submit">
            Add the user
          </button>
          <a class="btn btn-quiet" href={href("users")}>
            Cancel
          </a>
        </div>
      </PostForm>
    </div>
  );
}
