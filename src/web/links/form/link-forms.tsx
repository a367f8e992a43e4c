/** @jsxImportSource #markup */

import type { Settings } from "../../../config/settings.ts";
import type { Usage } from "../../../files/quota.ts";
import type { Call } from "../../../http/call.ts";
import { zoneOf } from "../../../http/caller/zone-of.ts";
import { href } from "../../../http/urls.ts";
import { hasContent, type Kind, type Link } from "../../../links/link.ts";
import type { ListedLink } from "../../../links/links.ts";
import { signedIn } from "../../signed-in.ts";
import { DialogCancel, DialogContent } from "../../ui/dialog.tsx";
import { fillText } from "../../ui/fill-text.tsx";
import { PageHead } from "../../ui/layout/layout.tsx";
import type { Child } from "../../ui/markup/markup.ts";
import {
  Checkbox,
  type Entry,
  InputField,
  isRefused,
  PostForm,
  RefusalBox,
  Select,
  TextArea,
} from "../../ui/post-form.tsx";
import { text as sharedText } from "../../ui/text.en.ts";
import { BookmarkletHint } from "../bookmarklet.tsx";
import { ExistingLink, IF_EXISTS_FIELD, IfExists } from "../existing-link.tsx";
import { listOr, VIEW } from "../list/back-to-list.ts";
import type { HeldFact } from "../share/held-file.ts";
import { ExpiryFields } from "./expiry-fields.tsx";
import { inPortions, UploadProgress, uploading } from "./file-input.tsx";
import type { FormFields } from "./form-fields.ts";
import { FormId } from "./form-token.tsx";
import { visitChoices } from "./gate-fields.ts";
import { KindFields, KindOptions, KindTabs, kindIn } from "./kind-fields.tsx";
import { SavedVersion } from "./saved-version.tsx";
import type { KindProps } from "./source-fields.tsx";
import { text } from "./text.en.ts";

interface FormProps {
  readonly call: Call;
  /** Storage of the link's owner. */
  readonly usage: Usage;
  readonly entry: Entry;
}

interface AddFormProps extends FormProps {
  /** A link to the same destination, which is offered instead. */
  readonly existing: Link | null;
  readonly held: readonly HeldFact[];
}

export function AddForm({ call, usage, entry, existing, held }: AddFormProps) {
  const { app, settings } = call;
  const { user } = signedIn(call);
  const kind = kindIn(entry, "redirect");
  const address = href("add");
  const draft = `${user.username} + new`;
  const isAnswered = entry.values[IF_EXISTS_FIELD] === "create";
  const asked = { kind, entry, settings, usage, content: null, draft, held };
  return (
    <div class="form-width">
      <PageHead title={text.titles.add} />
      <KindTabs shown={kind} address={address} />
      {existing && <ExistingLink call={call} link={existing} />}
      <LinkForm kind={kind} action={address} entry={entry} settings={settings}>
        <FormId app={app} />
        {kind === "redirect" && <IfExists asks={existing === null && !isAnswered} />}
        <KindFields {...asked} />
        <InputField
          entry={entry}
          name="short_code"
          label={text.shortCode}
          help={text.shortCodeHelp}
          autocomplete="off"
          autocapitalize="none"
          data-check={href("checkCode")}
        />
        <SharedFields {...asked} zone={zoneOf(call)} />
        <Buttons
          label={existing === null ? sharedText.actions.create : text.existing.createAnother}
          back={href("links")}
        />
      </LinkForm>
      <p class="mt-4 mb-0">
        <a href={href("importLinks")}>{text.importMany}</a>
      </p>
      <BookmarkletHint origin={call.client.origin} />
    </div>
  );
}

interface EditFormProps extends FormProps {
  readonly link: Link;
  /** After a conflict: the fields of the link as it is saved now. */
  readonly saved?: FormFields | undefined;
}

export function EditForm({ call, usage, link, entry, saved }: EditFormProps) {
  const { shortCode, content } = link;
  const { revision, [VIEW]: view = "" } = entry.values;
  const kind = kindIn(entry, link.kind);
  const address = href("editLink", { shortCode });
  const draft = `${signedIn(call).user.username} ${shortCode}`;
  const asked = { kind, entry, settings: call.settings, usage, content, draft };
  return (
    <div class="form-width">
      <PageHead
        title={
          <span class="name">
            {fillText(text.titles.editing, {
              code: <a href={href("open", { shortCode })}>{shortCode}</a>,
            })}
          </span>
        }
      />
      {link.kind === "collection" ? (
        <p>
          <a href={href("linkFiles", { shortCode })}>{text.changeFiles}</a>
        </p>
      ) : (
        <KindTabs shown={kind} address={address} view={view} isChange />
      )}
      <LinkForm kind={kind} action={address} entry={entry} settings={call.settings}>
        {saved && <SavedVersion link={link} saved={saved} entry={entry} />}
        <input type="hidden" name="revision" value={revision} />
        <BackToList view={view} />
        <KindFields {...asked} />
        <CodeFields link={link} entry={entry} />
        <SharedFields {...asked} zone={zoneOf(call)} />
        <Buttons
          label={sharedText.actions.save}
          back={listOr(href("linkPage", { shortCode }), view)}
        />
      </LinkForm>
    </div>
  );
}

/** The short code, which still opens the link where another replaces it. */
function CodeFields({ link, entry }: Pick<EditFormProps, "link" | "entry">) {
  return (
    <>
      <InputField
        entry={entry}
        name="short_code"
        label={text.shortCode}
        help={text.newShortCodeHelp}
        autocomplete="off"
        autocapitalize="none"
      />
      <Checkbox
        entry={entry}
        name="keep_alias"
        label={text.keepAlias(link.shortCode)}
        help={text.keepAliasHelp}
      />
    </>
  );
}

/** The list to return to, if there is one. */
function BackToList({ view }: { view: string }) {
  return view === "" ? null : <input type="hidden" name={VIEW} value={view} />;
}

interface LinkFormProps {
  readonly kind: Kind;
  readonly action: string;
  readonly entry: Entry;
  readonly settings: Settings;
  readonly children?: Child;
}

/** A form, with an upload where its kind has content. */
function LinkForm({ kind, settings, ...form }: LinkFormProps) {
  if (kind === "collection") return <PostForm {...form} enctype="multipart/form-data" />;
  if (!hasContent(kind)) return <PostForm {...form} />;
  return (
    <>
      <PostForm {...form} {...uploading} {...inPortions(settings)} />
      <UploadProgress />
    </>
  );
}

function SharedFields({
  zone,
  ...asked
}: KindProps & { readonly kind: Kind; readonly zone: string }) {
  const { entry } = asked;
  return (
    <>
      <InputField
        entry={entry}
        name="title"
        label={text.title}
        help={text.titleHelp[asked.kind]}
        autocomplete="off"
      />
      <InputField
        entry={entry}
        name="tags"
        label={text.tags}
        help={text.tagsHelp}
        autocomplete="off"
        autocapitalize="none"
        data-suggest={href("tags")}
      />
      <ExpiryFields entry={entry} zone={zone} />
      <details class="mb-4" open={isRefused(entry, details)}>
        <summary class="mb-3">{text.moreOptions}</summary>
        <TextArea entry={entry} name="note" label={text.note} rows={3} />
        <InputField
          entry={entry}
          name="starts_at"
          label={text.startsAt}
          help={text.startsAtHelp(zone)}
          type="datetime-local"
          max="9999-12-31T23:59"
        />
        <InputField
          entry={entry}
          name="fallback_url"
          label={text.fallback}
          help={text.fallbackHelp}
          placeholder="https://"
          inputmode="url"
          autocomplete="off"
          autocapitalize="none"
        />
        <InputField
          entry={entry}
          name="aliases"
          label={text.aliases}
          help={text.aliasesHelp}
          autocomplete="off"
          autocapitalize="none"
        />
        <GateFields entry={entry} />
        <KindOptions {...asked} />
        <Checkbox entry={entry} name="disabled" label={text.disabled} help={text.disabledHelp} />
      </details>
    </>
  );
}

function GateFields({ entry }: { entry: Entry }) {
  const hasPassword = entry.values.remove_password !== undefined;
  return (
    <>
      <Select
        entry={entry}
        name="visits"
        label={text.visits.label}
        help={text.visits.help}
        options={visitChoices.map((choice) => [choice, text.visits.choices[choice]])}
      />
      <InputField
        entry={entry}
        name="visit_limit"
        label={text.visits.limit}
        inputmode="numeric"
        autocomplete="off"
      />
      <InputField
        entry={entry}
        name="password"
        label={text.password.label}
        help={hasPassword ? text.password.keepHelp : text.password.help}
        type="password"
        autocomplete="new-password"
      />
      {hasPassword && (
        <Checkbox entry={entry} name="remove_password" label={text.password.remove} />
      )}
    </>
  );
}

/** The fields that are folded away, unless one of them was refused. */
const details = [
  "note",
  "starts_at",
  "fallback_url",
  "aliases",
  "visit_limit",
  "password",
  "redirect_status",
  "forward_query",
  "embed_hosts",
  "disabled",
];

function Buttons({ label, back }: { label: string; back: string }) {
  return (
    <div class="page-actions">
      <button class="btn btn-primary" type="submit">
        {label}
      </button>
      <a class="btn btn-quiet" href={back}>
        {sharedText.actions.cancel}
      </a>
    </div>
  );
}

/** Asks before a link is deleted. */
export function DeleteForm({
  call,
  link,
  entry,
}: {
  readonly call: Call;
  readonly link: ListedLink;
  readonly entry: Entry;
}) {
  const days = call.settings["links.trash_days"];
  const { shortCode, target, content, visits, revision } = link;
  const { [VIEW]: view = "" } = entry.values;
  return (
    <DialogContent>
      <h1 class="h3 mb-4 name">{text.remove.heading(shortCode)}</h1>
      <p class="name">
        {content === null ? text.remove.redirectsTo(target) : text.remove.contains(content.name)}
      </p>
      <p>{days > 0 ? text.remove.toTrash(days) : text.remove.consequence(visits)}</p>
      {entry.refusal && <RefusalBox refusal={entry.refusal} />}
      <form method="post" action={href("deleteLink", { shortCode })} class="page-actions">
        <input type="hidden" name="revision" value={revision} />
        <BackToList view={view} />
        <button class="btn btn-danger" type="submit">
          {sharedText.actions.delete}
        </button>
        <DialogCancel href={listOr(href("linkPage", { shortCode }), view)} />
      </form>
    </DialogContent>
  );
}
