/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import { ARCHIVE_FIELD } from "../../archive/archive.ts";
import type { Call } from "../../http/call.ts";
import { href } from "../../http/urls.ts";
import { formatBytes, formatCount, plural } from "../../text/format.ts";
import type { LeftOut, RestoreMode, RestorePlan } from "../../user-backup/restore-plan.ts";
import { PageHead } from "../ui/layout/layout.tsx";
import { type Entry, InputField, PostForm, Radios, Select } from "../ui/post-form.tsx";
import { TargetUser } from "./backup-page.tsx";

interface RestoreFormProps {
  readonly call: Call;
  readonly entry: Entry;
  /** Archives that lie on the server. */
  readonly placed: readonly string[];
}

export function RestoreForm({ call, entry, placed }: RestoreFormProps) {
  return (
    <div class="form-width">
      <PageHead title="Restore" />
      <PostForm action={href("restore")} entry={entry} enctype="multipart/form-data">
        <InputField
          entry={entry}
          name={ARCHIVE_FIELD}
          label="Backup"
          type="file"
          accept=".zip"
          help="A zip file that was made here, or by the earlier Trunk8."
        />
        {placed.length > 0 && (
          <Select
            entry={entry}
            name="backup_name"
            label="Or one that lies on the server"
            options={[["", "None"], ...placed.map((name) => [name, name] as const)]}
          />
        )}
        <Radios
          entry={entry}
          name="restore_mode"
          label="Links that are here already"
          help="Links of the same code always become as the backup has them."
          options={[
            ["merge", "stay"],
            ["replace", "go, unless the backup has them"],
          ]}
        />
        <TargetUser call={call} entry={entry} label="Whose links they become" />
        <button class="btn btn-primary" type="submit" name="preview" value="1">
          Preview
        </button>{" "}
        <button class="btn btn-quiet" type="submit">
          Restore at once
        </button>
      </PostForm>
    </div>
  );
}

interface RestorePreviewProps {
  readonly plan: RestorePlan;
  readonly mode: RestoreMode;
  /** What the next post says again. */
  readonly fields: Readonly<Record<string, string>>;
}

/** What a restoring would do, and the button that does it. */
export function RestorePreview({ plan, mode, fields }: RestorePreviewProps) {
  const { owner, links, bytes, leftOut, contents } = plan;
  return (
    <div class="form-width">
      <PageHead title="What would happen" />
      <p class="name">
        {plural(links.length, { one: "1 link", other: `${formatCount(links.length)} links` })} would
        be {owner.displayName}'s, with files of {formatBytes(bytes)}. The backup was read through,
        and nothing in it is damaged.
      </p>
      <Codes title="New" codes={plan.added} />
      <Codes title="Become as in the backup" codes={plan.overwritten} />
      {mode === "replace" && <Codes title="Would be deleted" codes={plan.removed} />}
      <LeftOutList leftOut={leftOut} />
      <Remarks remarks={contents.remarks} />
      <form class="mt-4" method="post" action={href("restore")}>
        {Object.entries(fields).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        {links.length + plan.removed.length > 0 && (
          <button class="btn btn-primary" type="submit">
            Restore
          </button>
        )}{" "}
        <a class="btn btn-quiet" href={href("restore")}>
          Choose another
        </a>
      </form>
    </div>
  );
}

/** So many are named; of more, the count is told. */
const MOST_NAMED = 200;

function Part({ title, count, children }: { title: string; count: number; children?: Child }) {
  if (count === 0) return null;
  return (
    <details class="mb-2">
      <summary>
        {title}: {count}
      </summary>
      <ul>
        {children}
        {count > MOST_NAMED && (
          <li>
            and{" "}
            {plural(count - MOST_NAMED, {
              one: "1 other",
              other: `${formatCount(count - MOST_NAMED)} others`,
            })}
          </li>
        )}
      </ul>
    </details>
  );
}

function Codes({ title, codes }: { title: string; codes: readonly string[] }) {
  return (
    <Part title={title} count={codes.length}>
      {codes.slice(0, MOST_NAMED).map((code) => (
        <li class="name">{code}</li>
      ))}
    </Part>
  );
}

function LeftOutList({ leftOut }: { leftOut: readonly LeftOut[] }) {
  return (
    <Part title="Left out" count={leftOut.length}>
      {leftOut.slice(0, MOST_NAMED).map(({ shortCode, reason }) => (
        <li class="name">
          <strong>{shortCode}</strong>: {reason}
        </li>
      ))}
    </Part>
  );
}

function Remarks({ remarks }: { remarks: readonly string[] }) {
  return (
    <Part title="Not understood" count={remarks.length}>
      {remarks.slice(0, MOST_NAMED).map((remark) => (
        <li class="name">{remark}</li>
      ))}
    </Part>
  );
}
