/** @jsxImportSource #markup */
import type { Call } from "../../http/call.ts";
import type { Form } from "../../http/request/form.ts";
import { href } from "../../http/urls.ts";
import type { Creation } from "../../links/create/link-creation.ts";
import { type InputContext, type NewLink, parseNewLink } from "../../links/input/link-schema.ts";
import type { Link } from "../../links/link.ts";
import { Problem } from "../../problem.ts";
import { signedIn } from "../signed-in.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import type { FormFields } from "./form/form-fields.ts";
import { text } from "./form/text.en.ts";
import { text as linkText } from "./text.en.ts";

/** Says what becomes of a redirect to a destination that the user has a link to: `ask`, or else it is created. */
export const IF_EXISTS_FIELD = "if_exists";

/** A form for a redirect that asks, unless it has been answered. */
export function IfExists({ asks }: { asks: boolean }) {
  return <input type="hidden" name={IF_EXISTS_FIELD} value={asks ? "ask" : "create"} />;
}

/**
 * The user's link to the destination of a form that asks; null: create one. A short code of its own answers the
 * question, and a form that is sent twice is asked once.
 */
export async function findAskedFor(
  { app, actor }: Call,
  form: Form,
  creation: Creation,
  input: NewLink,
): Promise<Link | null> {
  if (form.text(IF_EXISTS_FIELD) !== "ask" || input.shortCode !== null) return null;
  return await app.links.existing.find(actor, creation, input);
}

/** The user's link to the destination that an empty form is filled in with, as by the bookmarklet. */
export async function findForAddress(
  call: Call,
  { url = "", link_type: kind = "redirect", short_code: code = "" }: FormFields,
  context: InputContext,
): Promise<Link | null> {
  if (kind !== "redirect" || url.trim() === "" || code !== "") return null;
  try {
    const input = parseNewLink({ target: url }, context);
    return await call.app.links.existing.find(
      call.actor,
      { ownerId: signedIn(call).user.id },
      input,
    );
  } catch (thrown) {
    // The form says what is wrong when it is sent.
    if (thrown instanceof Problem && thrown.code === "invalid") return null;
    throw thrown;
  }
}

/** The link that there is, to be used instead of another one. */
export function ExistingLink({ call, link }: { call: Call; link: Link }) {
  const { shortCode, title } = link;
  const address = call.client.origin + href("open", { shortCode });
  return (
    <div class="callout border-success mb-4" role="status">
      <h2 class="h6">{text.existing.heading}</h2>
      <div class="address mb-2">
        <a class="name" href={address}>
          {address}
        </a>
        <CopyButton text={address} what={linkText.shortLink} />
      </div>
      {title !== "" && (
        <p class="mb-2">
          <bdi>{title}</bdi>
        </p>
      )}
      <div class="page-actions">
        <a class="btn btn-primary" href={href("linkPage", { shortCode })}>
          {text.existing.use}
        </a>
        <span>{text.existing.another}</span>
      </div>
    </div>
  );
}
