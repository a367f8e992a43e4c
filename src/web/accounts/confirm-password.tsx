/** @jsxImportSource #markup */
import type { Call } from "../../http/call.ts";
import { isProgram } from "../../http/request/accept.ts";
import type { Form } from "../../http/request/form.ts";
import type { SensitiveAction } from "../../policy.ts";
import { invalid, Problem } from "../../problem.ts";
import { text as shared } from "../../text/text.en.ts";
import { inSession } from "../signed-in.ts";
import { InputField, PostForm, showForm, submit } from "../ui/post-form.tsx";
import { text } from "./text.en.ts";

const FIELD = "your_password";

type Field = readonly [name: string, value: string];

/**
 * Carries out a sensitive action if the caller signed in recently or sends their password; else asks for it, and keeps
 * the fields of the form.
 * @param kept the fields to keep, where they differ from those of the form
 * @throws Problem `recent_sign_in_required` for a program that sends none
 */
export async function withRecentSignIn(
  call: Call,
  form: Form,
  action: SensitiveAction,
  carryOut: () => Promise<Response>,
  kept: readonly Field[] = fieldsOf(form),
): Promise<Response> {
  if (isRecent(call)) return await carryOut();
  if (!form.has(FIELD)) {
    if (!isProgram(call.request)) return await ask(call, kept);
    throw passwordRequired();
  }
  const refused = await submit(
    call,
    async () => {
      await confirm(call, form.text(FIELD), action);
      return CONFIRMED;
    },
    (refusal) => ask(call, kept, refusal),
  );
  return refused === CONFIRMED ? await carryOut() : refused;
}

const CONFIRMED = new Response(null);

/**
 * As `withRecentSignIn`, for JSON.
 * @param password the value of `your_password`
 * @throws Problem `recent_sign_in_required` without it, `invalid` on it, `too_many`
 */
export async function requireRecentSignIn(
  call: Call,
  password: unknown,
  action: SensitiveAction,
): Promise<void> {
  if (isRecent(call)) return;
  if (typeof password !== "string") throw passwordRequired();
  await confirm(call, password, action);
}

/** @throws Problem `person_required` for an API key: none is a person who knows a password */
function isRecent({ app, session }: Call): boolean {
  if (session !== null) return app.accounts.sessions.isRecent(session);
  throw new Problem("person_required", shared.key.inPerson);
}

function passwordRequired(): Problem {
  return new Problem("recent_sign_in_required", text.confirm.required(FIELD));
}

async function confirm(call: Call, password: string, action: SensitiveAction): Promise<void> {
  const { users, sessions } = call.app.accounts;
  const { user, session } = inSession(call);
  const impersonator = call.actor.is === "user" ? call.actor.impersonator : undefined;
  if (!(await users.isPasswordOf(impersonator?.userId ?? user.id, password)))
    throw invalid(FIELD, text.confirm.wrong);
  await sessions.renew(session);
  call.app.log.info({ account: user.username, action }, "Password confirmed");
}

function fieldsOf(form: Form): Field[] {
  const kept = form.names.filter((name) => name !== FIELD);
  return kept.flatMap((name) => form.all(name).map((value) => [name, value] as const));
}

function ask(call: Call, kept: readonly Field[], refusal?: Problem): Promise<Response> {
  const entry = { values: {}, ...(refusal && { refusal }) };
  return showForm(
    call,
    { title: text.confirm.title, entry },
    <div class="narrow">
      <h1 class="h3 mb-4">{text.confirm.title}</h1>
      <p>{text.confirm.explanation}</p>
      <PostForm action={call.url.pathname} entry={entry}>
        {kept.map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <PasswordField entry={entry} required focused />
        <button class="btn btn-primary w-100" type="submit">
          {text.confirm.action}
        </button>
      </PostForm>
    </div>,
  );
}

type PasswordFieldProps = Omit<Parameters<typeof InputField>[0], "name" | "label" | "type">;

/** The field for the password of the caller, also for forms that ask for it at once. */
export function PasswordField(props: PasswordFieldProps) {
  return (
    <InputField
      {...props}
      name={FIELD}
      label={text.confirm.password}
      type="password"
      autocomplete="current-password"
    />
  );
}
