/** @jsxImportSource #markup */

import { ARCHIVE_FIELD } from "../../archive/archive.ts";
import type { Call } from "../../http/call.ts";
import { href } from "../../http/urls.ts";
import type { RestoreRecord } from "../../links/restores/restore-record.ts";
import type { SkippedLink } from "../../user-backup/checked-link.ts";
import type { RestorePlan } from "../../user-backup/restore-plan.ts";
import { PasswordField } from "../accounts/confirm-password.tsx";
import { PageHead } from "../ui/layout/layout.tsx";
import type { Child } from "../ui/markup/markup.ts";
import { type Entry, InputField, PostForm, Radios, Select } from "../ui/post-form.tsx";
import { text as uiText } from "../ui/text.en.ts";
import { TargetUser } from "./backup-page.tsx";
import { progressAddress } from "./progress-address.ts";
import { text } from "./text.en.ts";

interface RestoreFormProps {
  readonly call: Call;
  readonly entry: Entry;
  /** Names of archives in the server's backups folder. */
  readonly placed: readonly string[];
  /** Whether a restore that deletes links needs the password. */
  readonly asksPassword: boolean;
  /** The restore of the user's account that is in progress. */
  readonly running: RestoreRecord | null;
}

export function RestoreForm({ call, entry, placed, asksPassword, running }: RestoreFormProps) {
  return (
    <div class="form-width">
      <PageHead title={text.restore.title} />
      {running !== null && (
        <p class="callout">
          {text.restore.inProgress} <a href={progressAddress(running)}>{text.restore.show}</a>
        </p>
      )}
      <PostForm action={href("restore")} entry={entry} enctype="multipart/form-data">
        <InputField
          entry={entry}
          name={ARCHIVE_FIELD}
          label={text.restore.file}
          type="file"
          accept=".zip"
          help={text.restore.fileHelp}
        />
        {placed.length > 0 && (
          <Select
            entry={entry}
            name="backup_name"
            label={text.restore.placed}
            options={[["", text.restore.none], ...placed.map((name) => [name, name] as const)]}
          />
        )}
        <Radios
          entry={entry}
          name="restore_mode"
          label={text.restore.mode}
          help={text.restore.modeHelp}
          options={[
            ["merge", text.restore.merge],
            ["replace", text.restore.replace],
          ]}
        />
        {asksPassword && <PasswordField entry={entry} help={text.restore.passwordHelp} />}
        <TargetUser call={call} entry={entry} label={text.restore.user} />
        <button class="btn btn-primary" type="submit" name="preview" value="1">
          {uiText.actions.preview}
        </button>{" "}
        <button class="btn btn-quiet" type="submit">
          {text.restore.now}
        </button>
      </PostForm>
    </div>
  );
}

interface RestorePreviewProps {
  readonly plan: RestorePlan;
  /** Fields that the next post repeats. */
  readonly fields: Readonly<Record<string, string>>;
}

/** What a restore will do, and the button that starts it. */
export function RestorePreview({ plan, fields }: RestorePreviewProps) {
  const { owner, mode, skipped, archive } = plan;
  const count = plan.added.length + plan.overwritten.length;
  return (
    <div class="form-width">
      <PageHead title={text.preview.title} />
      <p class="name">{text.preview.summary(count, owner.displayName, archive.summary.bytes)}</p>
      <Codes title={text.preview.added} codes={plan.added} />
      <Codes title={text.preview.overwritten} codes={plan.overwritten} />
      {mode === "replace" && <Codes title={text.preview.removed} codes={plan.removed} />}
      <SkippedList skipped={skipped} />
      <Remarks remarks={archive.summary.remarks} />
      <form class="mt-4" method="post" action={href("restore")}>
        {Object.entries(fields).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        {count + plan.removed.length > 0 && (
          <button class="btn btn-primary" type="submit">
            {text.preview.restore}
          </button>
        )}{" "}
        <a class="btn btn-quiet" href={href("restore")}>
          {text.preview.chooseAnother}
        </a>
      </form>
    </div>
  );
}

/** Most links named in one section. */
const MAX_NAMED = 200;

function Section({ title, count, children }: { title: string; count: number; children?: Child }) {
  if (count === 0) return null;
  return (
    <details class="mb-2">
      <summary>{text.preview.section(title, count)}</summary>
      <ul>
        {children}
        {count > MAX_NAMED && <li>{text.preview.more(count - MAX_NAMED)}</li>}
      </ul>
    </details>
  );
}

function Codes({ title, codes }: { title: string; codes: readonly string[] }) {
  return (
    <Section title={title} count={codes.length}>
      {codes.slice(0, MAX_NAMED).map((code) => (
        <li class="name">{code}</li>
      ))}
    </Section>
  );
}

/** Links that are not restored, and why. `count`: how many there are, if not all are given. */
export function SkippedList({
  skipped,
  count = skipped.length,
}: {
  skipped: readonly SkippedLink[];
  count?: number;
}) {
  return (
    <Section title={text.preview.skipped} count={count}>
      {skipped.slice(0, MAX_NAMED).map(({ shortCode, reason }) => (
        <li class="name">
          <strong>{shortCode}</strong>: {reason}
        </li>
      ))}
    </Section>
  );
}

function Remarks({ remarks }: { remarks: readonly string[] }) {
  return (
    <Section title={text.preview.unreadable} count={remarks.length}>
      {remarks.slice(0, MAX_NAMED).map((remark) => (
        <li class="name">{remark}</li>
      ))}
    </Section>
  );
}
