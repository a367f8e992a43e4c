/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { Session } from "../../accounts/auth/sessions.ts";
import { ADMIN_USERNAME } from "../../accounts/user.ts";
import type { AccountSummary } from "../../accounts/user-admin.ts";
import { BYTES_A_MB } from "../../config/values/sizes.ts";
import type { Call } from "../../http/call.ts";
import { href, withQuery } from "../../http/urls.ts";
import type { ListedLink } from "../../links/links.ts";
import { formatBytes, formatCount, plural } from "../../text/format.ts";
import { LinkTable } from "../links/list/link-table.tsx";
import { Fact } from "../ui/fact.tsx";
import { PageHead } from "../ui/layout/layout.tsx";
import { type Entry, InputField, PostForm, RefusalBox, Select } from "../ui/post-form.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { Time, zoneOf } from "../ui/time.tsx";
import { roleWords } from "./role-labels.ts";

interface UserViewProps {
  readonly call: Call;
  readonly person: AccountSummary;
  readonly sessions: readonly Session[];
  /** The newest. */
  readonly links: readonly ListedLink[];
  readonly entry: Entry;
}

/** Everything about an account, and what can be done with it. */
export function UserView({ call, person, sessions, links, entry }: UserViewProps) {
  const { refusal, ...unrefused } = entry;
  const isAboutFields = Object.keys(refusal?.fields ?? {}).some((name) => name !== "action");
  return (
    <>
      <UserHead call={call} person={person} />
      {refusal && !isAboutFields && <RefusalBox refusal={refusal} />}
      <UserFacts call={call} person={person} />
      <Section title="Account">
        <div class="form-width ms-0">
          <AccountForm call={call} person={person} entry={isAboutFields ? entry : unrefused} />
        </div>
      </Section>
      <Section title="Signing in">
        <SigningIn call={call} person={person} sessions={sessions} />
      </Section>
      <Section title="Links">
        <Links call={call} person={person} links={links} />
      </Section>
    </>
  );
}

function Section({ title, children }: { title: string; children?: Child }) {
  return (
    <section class="mt-5">
      <h2 class="h4 mb-3">{title}</h2>
      {children}
    </section>
  );
}

interface PersonProps {
  readonly call: Call;
  readonly person: AccountSummary;
}

/** Whether role and standing of the account are for somebody else to change, or for nobody. */
function isFixed({ call, person }: PersonProps): boolean {
  return person.username === ADMIN_USERNAME || person.id === call.user?.id;
}

function UserHead({ call, person }: PersonProps) {
  const { username, displayName, role, disabled } = person;
  return (
    <PageHead title={<span class="name">{displayName}</span>}>
      {role === "user" && !disabled && (
        <form method="post" action={href("switchUser", { username })}>
          <button class="btn btn-primary" type="submit">
            Act in their place
          </button>
        </form>
      )}
      {!isFixed({ call, person }) && (
        <a class="btn btn-quiet" href={href("deleteUser", { username })}>
          Delete
        </a>
      )}
    </PageHead>
  );
}

function UserFacts({ call, person }: PersonProps) {
  const { username, role, disabled, createdAt, lastSeenAt, links, files, bytes } = person;
  const zone = zoneOf(call);
  return (
    <dl class="facts">
      <Fact name="User name">
        <span class="name">{username}</span>
      </Fact>
      <Fact name="Role">{roleWords[role]}</Fact>
      <Fact name="State">{disabled ? "Disabled: cannot sign in" : "Enabled"}</Fact>
      <Fact name="Created">
        <Time at={createdAt} zone={zone} />
      </Fact>
      <Fact name="Last seen">
        {lastSeenAt === null ? "never" : <Time at={lastSeenAt} zone={zone} />}
      </Fact>
      <Fact name="Links">{formatCount(links)}</Fact>
      <Fact name="Files">
        {formatCount(files)}, {formatBytes(bytes)}
        {quotaWords(call, person)}
      </Fact>
    </dl>
  );
}

function quotaWords(call: Call, { quota }: AccountSummary): string {
  const bytes = quota ?? call.settings["files.quota_mb"] * BYTES_A_MB;
  return bytes === 0 ? ", without a limit" : ` of ${formatBytes(bytes)}`;
}

function AccountForm({ call, person, entry }: PersonProps & { readonly entry: Entry }) {
  const { username } = person;
  return (
    <PostForm action={href("user", { username })} entry={entry}>
      <input type="hidden" name="action" value="change" />
      <InputField entry={entry} name="display_name" label="Name" autocomplete="off" />
      {!isFixed({ call, person }) && (
        <Select entry={entry} name="role" label="Role" options={Object.entries(roleWords)} />
      )}
      <InputField
        entry={entry}
        name="quota_mb"
        label="Room for files, in MB"
        help={`Empty: the site's (${siteQuotaWords(call)}). 0: any number.`}
        autocomplete="off"
      />
      <button class="btn btn-primary" type="submit">
        Save
      </button>
    </PostForm>
  );
}

function siteQuotaWords({ settings }: Call): string {
  const megabytes = settings["files.quota_mb"];
  return megabytes === 0 ? "any number" : formatBytes(megabytes * BYTES_A_MB);
}

function SigningIn({ call, person, sessions }: PersonProps & Pick<UserViewProps, "sessions">) {
  const { username, disabled } = person;
  const isPasswordFixed = call.app.users.passwordIsFromEnvironment(person);
  return (
    <>
      <Sessions call={call} sessions={sessions} />
      <div class="page-actions">
        {sessions.length > 0 && (
          <Deed username={username} action="sign_out" words="Sign out everywhere" />
        )}
        {!isPasswordFixed && (
          <Deed username={username} action="one_time_password" words="Make a one-time password" />
        )}
        {!isFixed({ call, person }) &&
          (disabled ? (
            <Deed username={username} action="enable" words="Enable the account" />
          ) : (
            <Deed username={username} action="disable" words="Disable the account" />
          ))}
      </div>
    </>
  );
}

interface DeedProps {
  readonly username: string;
  readonly action: string;
  readonly words: string;
}

function Deed({ username, action, words }: DeedProps) {
  return (
    <form method="post" action={href("user", { username })}>
      <button class="btn btn-quiet" type="submit" name="action" value={action}>
        {words}
      </button>
    </form>
  );
}

function Sessions({ call, sessions }: Pick<UserViewProps, "call" | "sessions">) {
  if (sessions.length === 0) return <p>Signed in nowhere.</p>;
  const zone = zoneOf(call);
  const now = call.app.clock();
  const columns: readonly Column<Session>[] = [
    { heading: "Device", cell: ({ device }) => device },
    { heading: "Signed in", cell: ({ createdAt }) => <Time at={createdAt} zone={zone} /> },
    {
      heading: "Last used",
      cell: ({ lastSeenAt }) => <Time at={lastSeenAt} zone={zone} now={now} />,
    },
  ];
  return <Table caption="Where they are signed in" columns={columns} rows={sessions} />;
}

function Links({ call, person, links }: PersonProps & Pick<UserViewProps, "links">) {
  if (links.length === 0) return <p>They have none yet.</p>;
  return (
    <>
      <LinkTable call={call} links={links} />
      <a href={withQuery(href("links"), { owner: person.username })}>
        {person.links > links.length
          ? plural(person.links, {
              one: "All 1 link",
              other: `All ${formatCount(person.links)} links`,
            })
          : "In the list"}
      </a>
    </>
  );
}
