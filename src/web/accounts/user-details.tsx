/** @jsxImportSource #markup */
import type { Session } from "../../accounts/auth/sessions.ts";
import { text as accounts } from "../../accounts/text.en.ts";
import { ADMIN_USERNAME } from "../../accounts/user.ts";
import type { AccountSummary } from "../../accounts/user-admin.ts";
import { BYTES_A_MB } from "../../config/values/sizes.ts";
import type { Call } from "../../http/call.ts";
import { zoneOf } from "../../http/caller/zone-of.ts";
import { href, withQuery } from "../../http/urls.ts";
import type { ListedLink } from "../../links/links.ts";
import { formatBytes, formatCount } from "../../text/format.ts";
import { LinkTable } from "../links/list/link-table.tsx";
import { Fact } from "../ui/fact.tsx";
import { PageHead } from "../ui/layout/layout.tsx";
import { type Entry, InputField, PostForm, RefusalBox, Select } from "../ui/post-form.tsx";
import { Section } from "../ui/section.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { text as shared } from "../ui/text.en.ts";
import { Time } from "../ui/time.tsx";
import { text } from "./text.en.ts";

interface AccountProps {
  readonly call: Call;
  readonly account: AccountSummary;
}

interface UserDetailsProps extends AccountProps {
  readonly sessions: readonly Session[];
  /** The newest. */
  readonly links: readonly ListedLink[];
  readonly entry: Entry;
}

/** An account with its sessions and links, and the forms that change it. */
export function UserDetails({ call, account, sessions, links, entry }: UserDetailsProps) {
  const { refusal, ...unrefused } = entry;
  const isAboutFields = Object.keys(refusal?.fields ?? {}).some((name) => name !== "action");
  return (
    <>
      <Head call={call} account={account} />
      {refusal && !isAboutFields && <RefusalBox refusal={refusal} />}
      <Facts call={call} account={account} />
      <Section title={text.user.account}>
        <div class="form-width ms-0">
          <AccountForm call={call} account={account} entry={isAboutFields ? entry : unrefused} />
        </div>
      </Section>
      <Section title={text.user.sessions}>
        <Sessions call={call} sessions={sessions} />
        <Actions call={call} account={account} hasSessions={sessions.length > 0} />
        <a href={withQuery(href("allKeys"), { owner: account.username })}>{text.user.keys}</a>
      </Section>
      <Section title={text.user.links}>
        <Links call={call} account={account} links={links} />
      </Section>
    </>
  );
}

/** Whether role and status of the account cannot be changed by this administrator. */
function isFixed({ call, account }: AccountProps): boolean {
  return account.username === ADMIN_USERNAME || account.id === call.user?.id;
}

function Head({ call, account }: AccountProps) {
  const { username, displayName, role, disabled } = account;
  return (
    <PageHead title={<span class="name">{displayName}</span>}>
      {role === "user" && !disabled && (
        <form method="post" action={href("switchUser", { username })}>
          <button class="btn btn-primary" type="submit">
            {text.impersonate.action}
          </button>
        </form>
      )}
      {!isFixed({ call, account }) && (
        <a class="btn btn-quiet" href={href("deleteUser", { username })}>
          {shared.actions.delete}
        </a>
      )}
    </PageHead>
  );
}

function Facts({ call, account }: AccountProps) {
  const { username, role, disabled, createdAt, lastSeenAt, links, files, bytes } = account;
  const zone = zoneOf(call);
  const quota = quotaOf(account.quota ?? siteQuota(call));
  return (
    <dl class="facts">
      <Fact name={shared.labels.username}>
        <span class="name">{username}</span>
      </Fact>
      <Fact name={text.role}>{accounts.roles[role]}</Fact>
      <Fact name={shared.labels.status}>{disabled ? text.user.disabled : text.user.enabled}</Fact>
      <Fact name={shared.labels.created}>
        <Time at={createdAt} zone={zone} />
      </Fact>
      <Fact name={text.list.lastSeen}>
        {lastSeenAt === null ? shared.labels.never : <Time at={lastSeenAt} zone={zone} />}
      </Fact>
      <Fact name={text.list.links}>{formatCount(links)}</Fact>
      <Fact name={text.list.files}>{text.user.used(files, formatBytes(bytes), quota)}</Fact>
    </dl>
  );
}

function siteQuota({ settings }: Call): number {
  return settings["files.quota_mb"] * BYTES_A_MB;
}

/** A quota as people read it; null for an unlimited one. */
function quotaOf(bytes: number): string | null {
  return bytes === 0 ? null : formatBytes(bytes);
}

function AccountForm({ call, account, entry }: AccountProps & { readonly entry: Entry }) {
  const { username } = account;
  return (
    <PostForm action={href("user", { username })} entry={entry}>
      <input type="hidden" name="action" value="change" />
      <InputField entry={entry} name="display_name" label={shared.labels.name} autocomplete="off" />
      {!isFixed({ call, account }) && (
        <Select
          entry={entry}
          name="role"
          label={text.role}
          options={(["user", "administrator"] as const).map((role) => [role, accounts.roles[role]])}
        />
      )}
      <InputField
        entry={entry}
        name="quota_mb"
        label={text.user.quota}
        help={text.user.quotaHelp(quotaOf(siteQuota(call)))}
        autocomplete="off"
      />
      <button class="btn btn-primary" type="submit">
        {shared.actions.save}
      </button>
    </PostForm>
  );
}

function Sessions({ call, sessions }: Pick<UserDetailsProps, "call" | "sessions">) {
  if (sessions.length === 0) return <p>{text.user.noSessions}</p>;
  const zone = zoneOf(call);
  const now = call.app.clock();
  const columns: readonly Column<Session>[] = [
    { heading: text.session.device, cell: ({ device }) => device },
    {
      heading: text.session.signedIn,
      cell: ({ createdAt }) => <Time at={createdAt} zone={zone} />,
    },
    {
      heading: text.session.lastUsed,
      cell: ({ lastSeenAt }) => <Time at={lastSeenAt} zone={zone} now={now} />,
    },
  ];
  return <Table caption={text.user.sessions} columns={columns} rows={sessions} />;
}

function Actions({ call, account, hasSessions }: AccountProps & { readonly hasSessions: boolean }) {
  const { username, disabled } = account;
  const isPasswordFixed = call.app.accounts.users.passwordIsFromEnvironment(account);
  const button = (action: string, label: string) => (
    <form method="post" action={href("user", { username })}>
      <button class="btn btn-quiet" type="submit" name="action" value={action}>
        {label}
      </button>
    </form>
  );
  return (
    <div class="page-actions">
      {hasSessions && button("sign_out", text.user.signOutEverywhere)}
      {!isPasswordFixed && button("one_time_password", text.user.createOneTimePassword)}
      {!isFixed({ call, account }) &&
        (disabled ? button("enable", text.user.enable) : button("disable", text.user.disable))}
    </div>
  );
}

function Links({ call, account, links }: AccountProps & Pick<UserDetailsProps, "links">) {
  if (links.length === 0) return <p>{text.user.noLinks}</p>;
  const { username, links: count } = account;
  return (
    <>
      <LinkTable call={call} links={links} />
      <a href={withQuery(href("links"), { owner: username })}>
        {count > links.length ? text.user.allLinks(count) : text.user.viewInList}
      </a>
    </>
  );
}
