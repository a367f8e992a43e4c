/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { Session } from "../../accounts/auth/sessions.ts";
import type { User } from "../../accounts/user.ts";
import type { AuditEvent } from "../../audit/audit-event.ts";
import type { Call } from "../../http/call.ts";
import { href } from "../../http/urls.ts";
import { AuditTable } from "../audit/audit-table.tsx";
import { Bookmarklet } from "../links/bookmarklet.tsx";
import { text as scriptText } from "../static/text.en.ts";
import { PageHead } from "../ui/layout/layout.tsx";
import { type Entry, InputField, PostForm, RefusalBox, Select } from "../ui/post-form.tsx";
import { Time, zoneOf } from "../ui/time.tsx";
import { SessionList } from "./session-list.tsx";

/** What the profile tells about an account. */
interface Facts {
  readonly user: User;
  /** The one that asks. */
  readonly session: Session;
  readonly sessions: readonly Session[];
  /** The environment sets the password, so nothing here can. */
  readonly isPasswordFixed: boolean;
  readonly siteZone: string;
  /** The latest. */
  readonly events: readonly AuditEvent[];
}

interface ProfileProps {
  readonly call: Call;
  readonly facts: Facts;
  /** The form that was sent; "" when none was. */
  readonly action: string;
  readonly entry: Entry;
}

export function Profile({ call, facts, action, entry }: ProfileProps) {
  const { user, session, sessions, isPasswordFixed, siteZone } = facts;
  const { refusal, ...unrefused } = entry;
  const entryOf = (form: string) => (form === action ? entry : unrefused);
  const zone = zoneOf(call);
  return (
    <div class="form-width">
      <PageHead title="Profile" />
      {refusal && !FIELD_FORMS.has(action) && <RefusalBox refusal={refusal} />}
      <Account user={user} zone={zone} />
      <Section title="Password">
        {isPasswordFixed ? (
          <FixedPassword />
        ) : (
          <PasswordForm entry={entryOf(CHANGE_PASSWORD)} username={user.username} />
        )}
      </Section>
      <Section title="Where you are signed in">
        <SessionList sessions={sessions} current={session} zone={zone} now={call.app.clock()} />
      </Section>
      <Section title="Time zone">
        <ZoneForm entry={entryOf(CHANGE_TIME_ZONE)} siteZone={siteZone} />
      </Section>
      <Section title="What was done">
        {facts.events.length > 0 && <AuditTable call={call} events={facts.events} />}
        <a href={href("ownAudit")}>All that was done</a>
      </Section>
      <Section title="Your data">
        <p>
          Everything of yours can be taken away as one file, and brought back:{" "}
          <a href={href("backup")}>your data</a>.
        </p>
      </Section>
      <Section title="Shorten from anywhere">
        <p>
          Drag this to the bookmarks bar of your browser. Pressed on any page, it opens Trunk8 with
          the address of that page filled in.
        </p>
        <Bookmarklet origin={call.client.origin} />
      </Section>
    </div>
  );
}

const CHANGE_PASSWORD = "change_password";
const CHANGE_TIME_ZONE = "change_time_zone";

/** The forms that tell by themselves why they were refused. */
const FIELD_FORMS: ReadonlySet<string> = new Set([CHANGE_PASSWORD, CHANGE_TIME_ZONE]);

function Section({ title, children }: { title: string; children?: Child }) {
  return (
    <section class="mt-5">
      <h2 class="h4 mb-3">{title}</h2>
      {children}
    </section>
  );
}

function Account({ user, zone }: { user: User; zone: string }) {
  return (
    <dl class="row mb-0">
      <dt class="col-sm-4">User name</dt>
      <dd class="col-sm-8 name">{user.username}</dd>
      <dt class="col-sm-4">Name</dt>
      <dd class="col-sm-8 name">{user.displayName}</dd>
      <dt class="col-sm-4">Role</dt>
      <dd class="col-sm-8">{user.role === "administrator" ? "Administrator" : "User"}</dd>
      <dt class="col-sm-4">Since</dt>
      <dd class="col-sm-8">
        <Time at={user.createdAt} zone={zone} />
      </dd>
    </dl>
  );
}

function FixedPassword() {
  return (
    <p>
      This password is set by the environment variable <code>TRUNK8_ADMIN_PASSWORD</code>. Change it
      there and restart.
    </p>
  );
}

function PasswordForm({ entry, username }: { entry: Entry; username: string }) {
  return (
    <PostForm action={href("profile")} entry={entry}>
      <input type="hidden" name="action" value={CHANGE_PASSWORD} />
      {/* Tells a password manager whose password this is. */}
      <input class="d-none" autocomplete="username" value={username} readonly />
      <InputField
        entry={entry}
        name="current_password"
        label="Current password"
        type="password"
        autocomplete="current-password"
        required
      />
      <InputField
        entry={entry}
        name="new_password"
        label="New password"
        help="At least 8 characters. You will be signed out everywhere else."
        type="password"
        autocomplete="new-password"
        required
      />
      <InputField
        entry={entry}
        name="confirm_password"
        label="New password again"
        type="password"
        autocomplete="new-password"
        required
      />
      <button class="btn btn-primary" type="submit">
        Change the password
      </button>
    </PostForm>
  );
}

/** Every zone the machine knows; UTC is not always among them. */
const zones = [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])];

function ZoneForm({ entry, siteZone }: { entry: Entry; siteZone: string }) {
  const chosen = entry.values.time_zone ?? "";
  const known = chosen === "" || zones.includes(chosen) ? zones : [chosen, ...zones];
  return (
    <PostForm action={href("profile")} entry={entry}>
      <input type="hidden" name="action" value={CHANGE_TIME_ZONE} />
      <Select
        entry={entry}
        name="time_zone"
        label="Times are shown and read in"
        options={[
          ["", `The site's zone (${siteZone})`],
          ...known.map((zone) => [zone, zone.replaceAll("_", " ")] as const),
        ]}
      />
      <button class="btn btn-primary" type="submit">
        Save
      </button>{" "}
      <button
        class="btn btn-quiet"
        type="button"
        hidden
        data-own-zone="time_zone"
        data-text={scriptText.zone}
      />
    </PostForm>
  );
}
