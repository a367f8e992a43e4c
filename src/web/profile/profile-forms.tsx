/** @jsxImportSource #markup */
import type { Session } from "../../accounts/auth/sessions.ts";
import { text as accounts } from "../../accounts/text.en.ts";
import type { User } from "../../accounts/user.ts";
import type { AuditEvent } from "../../audit/audit-event.ts";
import type { Upload } from "../../files/uploads/upload.ts";
import type { Call } from "../../http/call.ts";
import { zoneOf } from "../../http/caller/zone-of.ts";
import { href } from "../../http/urls.ts";
import { text as accountPages } from "../accounts/text.en.ts";
import { AuditTable } from "../audit/audit-table.tsx";
import { Bookmarklet } from "../links/bookmarklet.tsx";
import { text as scriptText } from "../static/text.en.ts";
import { fillText } from "../ui/fill-text.tsx";
import { PageHead } from "../ui/layout/layout.tsx";
import { html, type Markup } from "../ui/markup/markup.ts";
import { type Entry, InputField, PostForm, RefusalBox, Select } from "../ui/post-form.tsx";
import { Section } from "../ui/section.tsx";
import { text as shared } from "../ui/text.en.ts";
import { Time } from "../ui/time.tsx";
import { SessionList } from "./session-list.tsx";
import { text } from "./text.en.ts";
import { UploadList } from "./upload-list.tsx";

/** What the profile shows of an account. */
interface Facts {
  readonly user: User;
  /** The session of the request. */
  readonly session: Session;
  readonly sessions: readonly Session[];
  /** Those of which no link was created. */
  readonly uploads: readonly Upload[];
  /** Whether the environment sets the password, so that it cannot be changed here. */
  readonly isPasswordFixed: boolean;
  readonly siteZone: string;
  /** The latest. */
  readonly events: readonly AuditEvent[];
}

interface ProfileProps {
  readonly call: Call;
  readonly facts: Facts;
  /** The form that was sent; "" for none. */
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
      <PageHead title={text.title} />
      {refusal && !FIELD_FORMS.has(action) && <RefusalBox refusal={refusal} />}
      <Account user={user} zone={zone} />
      <Section title={text.password.title}>
        {isPasswordFixed ? (
          <FixedPassword />
        ) : (
          <PasswordForm entry={entryOf(CHANGE_PASSWORD)} username={user.username} />
        )}
      </Section>
      <Section title={text.sessions.title}>
        <SessionList sessions={sessions} current={session} zone={zone} now={call.app.clock()} />
      </Section>
      {facts.uploads.length > 0 && (
        <Section title={text.uploads.title}>
          <p>{text.uploads.explanation}</p>
          <UploadList uploads={facts.uploads} zone={zone} />
        </Section>
      )}
      <Section title={text.keys.title}>
        <p>{text.keys.explanation}</p>
        <a href={href("keys")}>{text.keys.link}</a>
        <br />
        <a href={href("apiPage")}>{text.keys.reference}</a>
      </Section>
      <Section title={text.timeZone.title}>
        <ZoneForm entry={entryOf(CHANGE_TIME_ZONE)} siteZone={siteZone} />
      </Section>
      <Section title={text.activity.title}>
        {facts.events.length > 0 && <AuditTable call={call} events={facts.events} />}
        <a href={href("ownAudit")}>{text.activity.viewAll}</a>
      </Section>
      <Section title={text.data.title}>
        <p>{text.data.explanation}</p>
        <a href={href("backup")}>{text.data.link}</a>
      </Section>
      <Section title={text.bookmarklet.title}>
        <p>{text.bookmarklet.explanation}</p>
        <Bookmarklet origin={call.client.origin} />
      </Section>
    </div>
  );
}

const CHANGE_PASSWORD = "change_password";
const CHANGE_TIME_ZONE = "change_time_zone";

/** Forms that show a refusal themselves. */
const FIELD_FORMS: ReadonlySet<string> = new Set([CHANGE_PASSWORD, CHANGE_TIME_ZONE]);

function Account({ user, zone }: { user: User; zone: string }) {
  return (
    <dl class="row mb-0">
      <dt class="col-sm-4">{shared.labels.username}</dt>
      <dd class="col-sm-8 name">{user.username}</dd>
      <dt class="col-sm-4">{shared.labels.name}</dt>
      <dd class="col-sm-8 name">{user.displayName}</dd>
      <dt class="col-sm-4">{accountPages.role}</dt>
      <dd class="col-sm-8">{accounts.roles[user.role]}</dd>
      <dt class="col-sm-4">{shared.labels.created}</dt>
      <dd class="col-sm-8">
        <Time at={user.createdAt} zone={zone} />
      </dd>
    </dl>
  );
}

function FixedPassword() {
  return <p>{fillText(text.password.fixed, { variable: <code>TRUNK8_ADMIN_PASSWORD</code> })}</p>;
}

function PasswordForm({ entry, username }: { entry: Entry; username: string }) {
  return (
    <PostForm action={href("profile")} entry={entry}>
      <input type="hidden" name="action" value={CHANGE_PASSWORD} />
      {/* For password managers. */}
      <input class="d-none" autocomplete="username" value={username} readonly />
      <InputField
        entry={entry}
        name="current_password"
        label={text.password.current}
        type="password"
        autocomplete="current-password"
        required
      />
      <InputField
        entry={entry}
        name="new_password"
        label={text.password.new}
        help={text.password.newHelp}
        type="password"
        autocomplete="new-password"
        required
      />
      <InputField
        entry={entry}
        name="confirm_password"
        label={text.password.repeat}
        type="password"
        autocomplete="new-password"
        required
      />
      <button class="btn btn-primary" type="submit">
        {text.password.change}
      </button>
    </PostForm>
  );
}

/** Every zone that the machine knows, written once for all pages; UTC is not always among them. */
const zones: ReadonlyMap<string, Markup> = new Map(
  ["UTC", ...Intl.supportedValuesOf("timeZone")].map((zone) => [
    zone,
    html`<option value="${zone}">${nameOf(zone)}</option>`,
  ]),
);

function nameOf(zone: string): string {
  return zone.replaceAll("_", " ");
}

/** The button is shown and completed by assets/zone.js. */
function ZoneForm({ entry, siteZone }: { entry: Entry; siteZone: string }) {
  const chosen = entry.values.time_zone ?? "";
  const known = [...zones.keys()];
  if (chosen !== "" && !zones.has(chosen)) known.unshift(chosen);
  return (
    <PostForm action={href("profile")} entry={entry}>
      <input type="hidden" name="action" value={CHANGE_TIME_ZONE} />
      <Select
        entry={entry}
        name="time_zone"
        label={text.timeZone.title}
        options={[
          ["", text.timeZone.siteDefault(siteZone)],
          ...known.map(
            (zone) => (zone === chosen ? null : zones.get(zone)) ?? ([zone, nameOf(zone)] as const),
          ),
        ]}
      />
      <div class="page-actions">
        <button class="btn btn-primary" type="submit">
          {shared.actions.save}
        </button>
        <button
          class="btn btn-quiet"
          type="button"
          hidden
          data-own-zone="time_zone"
          data-text={scriptText.zone}
        />
      </div>
    </PostForm>
  );
}
