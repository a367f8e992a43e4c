/** @jsxImportSource #markup */
import type { Call } from "../../http/call.ts";
import { href } from "../../http/urls.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { fillText } from "../ui/fill-text.tsx";
import { PageHead } from "../ui/layout/layout.tsx";
import { Section } from "../ui/section.tsx";
import { uploaders } from "./sharex.ts";
import { text } from "./text.en.ts";

interface NewKeyProps {
  readonly call: Call;
  readonly name: string;
  readonly secret: string;
  readonly scopes: readonly string[];
}

/** A new key, and how to use it. This is the only place where it is ever shown. */
export function NewKey({ call, name, secret, scopes }: NewKeyProps) {
  const { origin } = call.client;
  const { lines } = text.created;
  return (
    <div class="form-width">
      <PageHead title={text.created.title} />
      <p>{fillText(text.created.explanation, { name: <strong class="name">{name}</strong> })}</p>
      <div class="d-flex flex-wrap gap-3 align-items-center mb-4">
        <code class="fs-5 name text-body" id="new-key">
          {secret}
        </code>
        <CopyButton text={secret} what={text.created.what} />
      </div>
      <a class="btn btn-primary" href={href("keys")}>
        {text.created.back}
      </a>
      <Section title={text.created.use}>
        <Line explanation={text.created.keep} line={lines.keep} />
        {scopes.includes("links:create") && (
          <Line explanation={text.created.create} line={lines.create(origin + href("apiLinks"))} />
        )}
        {scopes.includes("files:create") && (
          <Line explanation={text.created.upload} line={lines.upload(origin + href("apiFiles"))} />
        )}
        <Line explanation={text.created.login} line={lines.login(origin)} />
        <Line explanation={text.created.header} line={lines.header(secret)} />
        <ShareX secret={secret} scopes={scopes} />
      </Section>
    </div>
  );
}

/** The key is in the form, not in an address. */
function ShareX({ secret, scopes }: Pick<NewKeyProps, "secret" | "scopes">) {
  const needed = { files: "files:create", links: "links:create" };
  const offered = uploaders.filter((kind) => scopes.includes(needed[kind]));
  if (offered.length === 0) return null;
  return (
    <>
      <p class="mb-1">{text.created.sharex}</p>
      <form method="post" action={href("keys")} class="page-actions">
        <input type="hidden" name="key" value={secret} />
        {offered.map((kind) => (
          <button class="btn btn-quiet" type="submit" name="uploader" value={kind}>
            {text.sharex.downloads[kind]}
          </button>
        ))}
      </form>
    </>
  );
}

function Line({ explanation, line }: { explanation: string; line: string }) {
  return (
    <>
      <p class="mb-1">{explanation}</p>
      <pre tabindex={0}>
        <code>{line}</code>
      </pre>
    </>
  );
}
