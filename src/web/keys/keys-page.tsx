/** @jsxImportSource #markup */
import type { NewKeyInput } from "../../accounts/keys/key-schema.ts";
import type { Call, Handler } from "../../http/call.ts";
import { type Form, readForm } from "../../http/request/form.ts";
import { href } from "../../http/urls.ts";
import { invalid } from "../../problem.ts";
import { withRecentSignIn } from "../accounts/confirm-password.tsx";
import { inSession } from "../signed-in.ts";
import { Empty } from "../ui/empty.tsx";
import { fillText } from "../ui/fill-text.tsx";
import { PageHead, show as showPage } from "../ui/layout/layout.tsx";
import { type Entry, showForm, submit } from "../ui/post-form.tsx";
import { expiries, KeyForm, presetNames, presets } from "./key-form.tsx";
import { KeyTable } from "./key-table.tsx";
import { NewKey } from "./new-key.tsx";
import { sendUploader } from "./sharex.ts";
import { text } from "./text.en.ts";

/** Handles `/-/keys`: the caller's own API keys. */
export const keys = { show, create } satisfies Record<string, Handler>;

const DAY_MS = 86_400_000;

async function show(call: Call): Promise<Response> {
  const asked = call.url.searchParams.get("preset");
  const preset = presetNames.find((name) => name === asked);
  const ticked = preset === undefined ? "" : presets[preset].join(" ");
  return await showKeys(call, { values: { scope: ticked, expires_in: "90d" } });
}

async function create(call: Call): Promise<Response> {
  const form = await readForm(call);
  if (form.has("uploader")) return sendUploader(call, form);
  return await submit(
    call,
    () => withRecentSignIn(call, form, "key.create", () => createFrom(call, form)),
    (refusal) => showKeys(call, { values: valuesOf(form), refusal }),
  );
}

async function createFrom(call: Call, form: Form): Promise<Response> {
  const some = form.all("kind");
  const input = {
    name: form.text("name"),
    scopes: form.all("scope"),
    kinds: some.length === 0 ? null : some,
    expiresAt: expiryIn(form, call.app.clock()),
  };
  const { user } = inSession(call);
  // Its schema checks the names.
  const { key, secret } = await call.app.accounts.keys.create(
    call.actor,
    user,
    input as NewKeyInput,
  );
  return await showPage(
    call,
    { title: text.created.title },
    <NewKey call={call} name={key.name} secret={secret} scopes={key.scopes} />,
  );
}

function expiryIn(form: Form, now: number): number | null {
  const chosen = expiries.find((expiry) => expiry === form.text("expires_in"));
  if (chosen === undefined) throw invalid("expires_in", text.form.chooseExpiry);
  return chosen === "never" ? null : now + Number.parseInt(chosen, 10) * DAY_MS;
}

function valuesOf(form: Form): Entry["values"] {
  return {
    name: form.text("name"),
    scope: form.all("scope").join(" "),
    kind: form.all("kind").join(" "),
    expires_in: form.text("expires_in"),
  };
}

async function showKeys(call: Call, entry: Entry): Promise<Response> {
  const { user } = inSession(call);
  const own = await call.app.accounts.keys.list(call.actor, user.id);
  const listed = own.map((key) => ({ ...key, username: user.username }));
  return await showForm(
    call,
    { title: text.title, entry },
    <>
      <PageHead title={text.title} />
      <p>
        {text.explanation}{" "}
        {fillText(text.reference, { page: <a href={href("apiPage")}>{text.api}</a> })}
      </p>
      {listed.length === 0 ? (
        <Empty title={text.none}>{text.noneHelp}</Empty>
      ) : (
        <KeyTable call={call} title={text.title} keys={listed} hasOwners={false} />
      )}
      <KeyForm actor={call.actor} entry={entry} />
    </>,
  );
}
