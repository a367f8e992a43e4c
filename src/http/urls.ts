/** Who may call a URL at all. What they may do to one resource there is decided by `policy.ts`. */
export type Access = "visitor" | "signed_in" | "in_person" | "administrator";

export type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";

/** How a problem is worded: as a page (or JSON, if the client prefers that), as JSON (RFC 9457), or as a line of text. */
export type Tongue = "page" | "json" | "text";

interface UrlRow {
  /** `:name` stands for one segment of the path, `:name.:extension` for both parts of one, a last `*` for all that follow. */
  readonly pattern: `/${string}`;
  /** As the `Allow` header lists them. */
  readonly methods: readonly Method[];
  readonly access: Access;
  readonly tongue: Tongue;
  /** What it is for and which fields it reads: the line in docs/urls.md. */
  readonly doc: string;
}

const READ = ["GET", "HEAD"] as const;
const READ_AND_POST = ["GET", "HEAD", "POST"] as const;

/** Every URL of the site. The first matching pattern wins, so `open` stays last. `server/routes.ts` adds the handlers. */
export const urls = {
  home: {
    pattern: "/",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "The home page: for those signed in, a box to add a link, visits and the newest links; strangers go where `app.home` says.",
  },
  signIn: {
    pattern: "/auth/login",
    methods: READ_AND_POST,
    access: "visitor",
    tongue: "page",
    doc: "Signing in: `username` (empty for the administrator) `password` `remember` `next`.",
  },
  signOut: {
    pattern: "/auth/logout",
    methods: READ_AND_POST,
    access: "visitor",
    tongue: "page",
    doc: "Signing out; a GET shows the button.",
  },
  add: {
    pattern: "/add",
    methods: READ_AND_POST,
    access: "signed_in",
    tongue: "page",
    doc: "Making a link: `short_code`, `link_type` (`redirect` `file` `markdown` `html`; a `file` that came makes it `file`, else `redirect`) with `url` or a file in `file` `markdown_file` `html_file` (multipart) or a text in `markdown_text_content` `html_text_content` `file_text_content` (`markdown_input_type` `html_input_type` `file_input_type`: which counts, `file` or `text`; else the file), `inline=on`; `title` `note` `redirect_status` `expires_in`, or `enable_expiration=on` with `expiration_date`, `disabled=on`; `expiry` as the form has it: `never`, a span, `span` with `expires_in`, or `date` with `expiration_date`. The same `form_id` with the same fields makes one link in ten minutes. `GET /add?url=...&title=...` prefills. With `Accept: application/json` a post answers 201 `{shortCode, url}`; with `notice=on` also `page`, the address of its page, which then tells of it.",
  },
  links: {
    pattern: "/links",
    methods: READ,
    access: "signed_in",
    tongue: "page",
    doc: "One's links; an administrator's list has everybody's. `?q=` looks in code, title and target; `kind=` `status=` (`live` `expired` `disabled`; `standing=` works, too) `owner=` (a user name, for administrators) leave others out; `sort=` (`created` `code` `visits` `expiry` `last_visit`) `direction=` (`asc` `desc`); `after=` or `before=` with `page=` is another page.",
  },
  bulkLinks: {
    pattern: "/-/links",
    methods: ["POST"],
    access: "signed_in",
    tongue: "page",
    doc: "Changing several links: `codes` (repeated, or with commas between; at most 1,000) `action=delete`, `action=expire` with `expires_in` (`2h` `7d`, a date and time, or `never`), or for administrators `action=give` with `to` (a user name). `ask=on` asks before deleting; `view` is the address of the list to come back to. Links of others are passed over.",
  },
  editLink: {
    pattern: "/edit_link/:shortCode",
    methods: READ_AND_POST,
    access: "signed_in",
    tongue: "page",
    doc: "Changing a link, by the fields of `/add`. An absent `enable_expiration` clears the expiry; any other absent field keeps its value, and so do the bytes of a kind with a file. `GET ?link_type=` is the form for another kind.",
  },
  deleteLink: {
    pattern: "/delete_link/:shortCode",
    methods: READ_AND_POST,
    access: "signed_in",
    tongue: "page",
    doc: "Deleting a link; a GET asks first.",
  },
  deleteLinkShort: {
    pattern: "/delete/:shortCode",
    methods: READ_AND_POST,
    access: "signed_in",
    tongue: "page",
    doc: "The same, as the original also calls it.",
  },
  linkPage: {
    pattern: "/-/links/:shortCode",
    methods: READ,
    access: "signed_in",
    tongue: "page",
    doc: "A link's own page: its address, QR code, options and visits. `?period=all` shows the visits of all time.",
  },
  qr: {
    pattern: "/-/qr/:shortCode.:format",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "A link's address as a QR code, `svg` or `png`: `?size=` pixels (64-2048, else 512) `?margin=` modules (0-16, else 4) `?download=1`. Of a link that is not live for its owner alone.",
  },
  view: {
    pattern: "/-/view/:shortCode",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "A file's own page: its picture, sound, film or text, its facts, and a button to download it.",
  },
  thumbnail: {
    pattern: "/-/thumb/:shortCode",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "A file's picture at 160 pixels, as WebP; 404 with an icon where none can be made. Of a link that is not live for its owner alone.",
  },
  preview: {
    pattern: "/-/preview",
    methods: ["POST"],
    access: "signed_in",
    tongue: "page",
    doc: "What a page would look like: `kind` (`markdown` or `html`) `text` (or the field for it of `/add`) `title`, of at most 4 MB. The answer may stand in a frame of ours.",
  },
  linkPreview: {
    pattern: "/-/preview/:shortCode",
    methods: READ,
    access: "signed_in",
    tongue: "page",
    doc: "One's document or web page, for a frame of ours: also when it is not live, and never counted.",
  },
  checkCode: {
    pattern: "/-/code",
    methods: READ,
    access: "signed_in",
    tongue: "json",
    doc: "Whether a link may be made at `?short_code=`: JSON `{ok, message}`.",
  },
  profile: {
    pattern: "/profile",
    methods: READ_AND_POST,
    access: "in_person",
    tongue: "page",
    doc: "One's account: `action=change_password` `current_password` `new_password` `confirm_password`, `action=change_time_zone` `time_zone` (an IANA name; empty for the site's), `action=end_session` `session`, `action=end_other_sessions`.",
  },
  settings: {
    pattern: "/settings",
    methods: READ_AND_POST,
    access: "in_person",
    tongue: "page",
    doc: "One's themes: `theme` of the pages and `markdown_theme` of Markdown links; empty for the site's. The account `admin` chooses the site's.",
  },
  backup: {
    pattern: "/backup/create",
    methods: READ_AND_POST,
    access: "signed_in",
    tongue: "page",
    doc: "One's data as a zip: links, files, settings and visits. An administrator names another account in `target_user`. A GET shows the button.",
  },
  restore: {
    pattern: "/backup/restore",
    methods: READ_AND_POST,
    access: "signed_in",
    tongue: "page",
    doc: "Bringing a backup back: `backup_file` (multipart), or `backup_name` of one in `backups/` of the data folder; `restore_mode` (`merge` or `replace`), `target_user` for administrators. With `preview=1` it only tells what would happen; then `sent` names the file that was sent, for an hour.",
  },
  register: {
    pattern: "/auth/register",
    methods: READ_AND_POST,
    access: "administrator",
    tongue: "page",
    doc: "Making an account: `username` `password` `confirm_password` `display_name` (empty: the user name) `is_admin=on`.",
  },
  switchUser: {
    pattern: "/auth/switch-user/:username",
    methods: READ_AND_POST,
    access: "administrator",
    tongue: "page",
    doc: "Acting in a user's place, in this session alone; a GET shows the button.",
  },
  switchBack: {
    pattern: "/auth/switch-back",
    methods: READ_AND_POST,
    access: "signed_in",
    tongue: "page",
    doc: "Being oneself again; a GET shows the button.",
  },
  users: {
    pattern: "/users",
    methods: READ,
    access: "administrator",
    tongue: "page",
    doc: "The accounts. `?q=` looks in user name and display name; `sort=` (`name` `role` `created` `last_seen` `links` `files` `bytes`) `direction=` (`asc` `desc`) `page=`.",
  },
  user: {
    pattern: "/users/:username",
    methods: READ_AND_POST,
    access: "administrator",
    tongue: "page",
    doc: "An account: `action=change` with `display_name` `role` (`user` `administrator`) `quota_mb` (empty: the site's; 0: any number), of which an absent one stays; `action=disable`, `enable`, `sign_out` (everywhere) or `one_time_password`, which the answer tells once.",
  },
  deleteUser: {
    pattern: "/users/:username/delete",
    methods: READ_AND_POST,
    access: "administrator",
    tongue: "page",
    doc: "Deleting an account: `links=transfer` with `to` (a user name), `links=keep` (they become the administrator's) or `links=delete`. A GET tells what would go, and asks.",
  },
  audit: {
    pattern: "/-/audit",
    methods: READ,
    access: "administrator",
    tongue: "page",
    doc: "Activity log of all users. Filters: `?action=` (or `deed=`) `actor=` (a user name) `resource=` (or `thing=`; a short code, a user name or a setting) `address=` `since=` `until=` (dates such as `2026-03-17`, inclusive); `after=` is the next page.",
  },
  auditCsv: {
    pattern: "/-/audit.csv",
    methods: READ,
    access: "administrator",
    tongue: "page",
    doc: "The same as a CSV file (RFC 4180), by the same filters.",
  },
  ownAudit: {
    pattern: "/-/audit/own",
    methods: READ,
    access: "in_person",
    tongue: "page",
    doc: "What one did, and what was done with one's account and links. `?after=` is another page.",
  },
  siteSettings: {
    pattern: "/-/settings",
    methods: READ_AND_POST,
    access: "administrator",
    tongue: "page",
    doc: "The main settings of the site, each in a field of its name such as `app.title`; an absent one stays.",
  },
  proxy: {
    pattern: "/-/proxy",
    methods: READ,
    access: "administrator",
    tongue: "page",
    doc: "What stands between the reader and the server, as the server sees it, and what to change there.",
  },
  proxyProbe: {
    pattern: "/-/proxy/probe",
    methods: READ_AND_POST,
    access: "visitor",
    tongue: "json",
    doc: "For `trunk8 doctor --proxy`: the same as JSON, and a POST's body is read and thrown away. For an administrator, or by the command's pass in `X-Trunk8-Probe`.",
  },
  brand: {
    pattern: "/static/branding/:file",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "The site's own logo, icon and styles from `branding/` in the data folder.",
  },
  asset: {
    pattern: "/static/*",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "Styles and icons under names that change with their content.",
  },
  favicon: {
    pattern: "/favicon.ico",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "The site's icon, for whoever asks by this name.",
  },
  robots: {
    pattern: "/robots.txt",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "What search engines may read: nothing, unless `links.indexed` is set.",
  },
  health: {
    pattern: "/health",
    methods: READ,
    access: "visitor",
    tongue: "json",
    doc: '`{"status":"pass"}` while the process answers.',
  },
  open: {
    pattern: "/:shortCode",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "What stands at a short code: a redirect to its target, or a file (`?download=1` saves it, `?inline=1` shows it where its type is harmless), a Markdown document as a page (`?raw=1`: its source), or a web page as it was uploaded; 404 when there is none, 410 when it has expired or is switched off.",
  },
} as const satisfies Record<string, UrlRow>;

export type UrlName = keyof typeof urls;

/** What answers where operations listen, apart from the site. */
export const opsUrls = {
  metrics: "/metrics",
  live: "/health/live",
  ready: "/health/ready",
} as const;

type ParamsIn<Pattern extends string> = Pattern extends `${infer First}/${infer Rest}`
  ? ParamIn<First> | ParamsIn<Rest>
  : ParamIn<Pattern>;

type ParamIn<Segment extends string> = Segment extends `:${infer Name}.:${infer Extension}`
  ? Name | Extension
  : Segment extends `:${infer Name}`
    ? Name
    : Segment extends "*"
      ? "path"
      : never;

type ParamsOf<Name extends UrlName> = ParamsIn<(typeof urls)[Name]["pattern"]>;

/** The parameters a URL's pattern names, as the rest of the arguments of `href`: none if it names none. */
type HrefArguments<Name extends UrlName> = [ParamsOf<Name>] extends [never]
  ? []
  : [params: Readonly<Record<ParamsOf<Name>, string>>];

/** The path of a URL, its parameters percent-encoded; the slashes of a `*` stay. */
export function href<Name extends UrlName>(name: Name, ...[params]: HrefArguments<Name>): string {
  const values: Readonly<Record<string, string>> = params ?? {};
  return urls[name].pattern.replace(/:(\w+)|\*/g, (_, key = "path") =>
    encodePath(values[key] ?? "", key),
  );
}

/** Whether a page of the site's own answers at `/<segment>`, so that no link is ever opened there. */
export function isOwnAddress(segment: string): boolean {
  return Object.values(urls).some(({ pattern }) => pattern === `/${segment}`);
}

function encodePath(value: string, key: string): string {
  const encoded = encodeURIComponent(value.toWellFormed());
  return key === "path" ? encoded.replaceAll("%2F", "/") : encoded;
}

/** `path` with a query; an absent value is left out. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | null | undefined>>,
): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] != null);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

/** Longest address we read or send anyone to, in characters. */
export const MAX_URL_LENGTH = 16_384;

const NOWHERE = "http://nowhere.invalid";
const OWN_PATH = /^\/(?!\/)[^\\\p{Cc}]*$/u;

/**
 * Where to go after signing in: `text` if it is a path of this site (the query kept), else home. The path is
 * judged again once the WHATWG parser has resolved its dots, since `/.//evil.example` becomes `//evil.example`.
 */
export function safeNext(text: string): string {
  if (text.length > MAX_URL_LENGTH || !OWN_PATH.test(text)) return href("home");
  const url = URL.parse(text, NOWHERE);
  if (url === null || url.origin !== NOWHERE || !OWN_PATH.test(url.pathname)) return href("home");
  return url.pathname + url.search;
}
