import { fillPattern, writePair } from "./fill-pattern.ts";
import type { ParamsIn, UrlRow } from "./url-row.ts";

const READ = ["GET", "HEAD"] as const;
const READ_AND_POST = ["GET", "HEAD", "POST"] as const;

/** Every URL of the site. The first matching pattern wins, so `open` stays last. `server/routes.ts` adds the handlers. */
export const urls = {
  home: {
    pattern: "/",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "Home page. Signed in: a box for a new link, visits and the newest links. Visitors are redirected as `app.home` says.",
  },
  signIn: {
    pattern: "/auth/login",
    methods: READ_AND_POST,
    access: "visitor",
    tongue: "page",
    doc: "Sign in: `username` (empty for the administrator) `password` `remember` `next`.",
  },
  signOut: {
    pattern: "/auth/logout",
    methods: READ_AND_POST,
    access: "visitor",
    tongue: "page",
    doc: "Sign out; a GET shows the button.",
  },
  add: {
    pattern: "/add",
    methods: READ_AND_POST,
    access: "signed_in",
    tongue: "page",
    doc: "Create a link. `short_code`; `link_type` (`redirect` `file` `markdown` `html`; default: `file` with an uploaded `file`, else `redirect`); `url`, or a file in `file` `markdown_file` `html_file` (multipart), or a text in `markdown_text_content` `html_text_content` `file_text_content` (`markdown_input_type` `html_input_type` `file_input_type` chooses `file` or `text`; default: the file); `inline` (`on` `off`; default: the setting `files.inline`); `title` `tags` (with commas between them) `note` `redirect_status` `disabled=on`; `expires_in`, or `enable_expiration=on` with `expiration_date`, or `expiry` (`never`, a duration, `span` with `expires_in`, or `date` with `expiration_date`); `starts_at` `fallback_url` `aliases` (short codes separated by spaces, at most 20), and `forward_query` (`on` `off`; default: the setting `links.forward_query`); `visit_limit`, or `visits` (`unlimited` `once`, or `limited` with `visit_limit`); `password`, and in a change `remove_password=on`. Repeated fields are refused by name (422), and from programs unknown ones, too. The same `form_id` with the same fields creates only one link within ten minutes. `GET /add?url=...&title=...` fills in the form. A JSON body has the keys `short_code` `kind` `target` `title` `tags` (an array) `note` `redirect_status` `expires_at` `starts_at` `fallback_url` `forward_query` `aliases` (an array) `visit_limit` `password` `disabled` `inline` `content`. With `Accept: application/json`, the response is 201 `{short_code, shortCode, url}`; with `notice=on` also `page`, the URL of its page, which then shows a notice.",
  },
  links: {
    pattern: "/links",
    methods: READ,
    access: "signed_in",
    tongue: "page",
    doc: "Your links, or all links for an administrator. `?q=` searches short code, destination, file name, title and note; a short URL of this site finds its link. Filters: `kind=`, `status=` (`live` `scheduled` `limit_reached` `expired` `disabled`; formerly `standing=`), `tag=` (repeated or with commas between them) with `tags=` (`all` `any` `none` of them), `owner=` (a user name, for administrators). `sort=` (`created` `code` `visits` `expiry` `last_visit`) `direction=` (`asc` `desc`); `after=` or `before=` with `page=` is another page.",
  },
  tags: {
    pattern: "/-/tags",
    methods: READ_AND_POST,
    access: "signed_in",
    tongue: "page",
    doc: "Your tags with the numbers of their links, 200 at once; `?after=` the last of a page is the next one, `?owner=` another account, for administrators. With `Accept: application/json`, `{tags: [{name, links}]}`; `?prefix=` returns `{tags: [name]}` of at most 20 that begin like it. A POST, also of JSON, changes a `tag` of all links: `action` is `rename` or `merge` with `to`, or `delete`; `owner` as above. The response to JSON is `{count}`.",
  },
  linksCsv: {
    pattern: "/-/links.csv",
    methods: READ,
    access: "signed_in",
    tongue: "page",
    doc: "All links of a list as CSV (RFC 4180), newest first, with the filters of `/links`. Times are RFC 3339; a text that a spreadsheet would run as a formula has an apostrophe in front.",
  },
  bulkLinks: {
    pattern: "/-/links",
    methods: ["POST"],
    access: "signed_in",
    tongue: "page",
    doc: "Change several links: `codes` (repeated or comma-separated, at most 1,000), or with `whole=on` all links of the list `view` (at most 100,000; without those of a links.toml), with `action=delete`, `enable`, `disable`, `action=expire` and `expires_in` (`2h` `7d`, a date and time, or `never`), `action=add_tags` or `action=remove_tags` and `tags` (with commas between them), or for administrators `action=transfer` (formerly `give`) and `to` (a user name). `ask=on` asks before deleting; `view` is the URL of the list to return to. Links of other users, and codes that do not exist, are skipped; with `Accept: application/json`, they are refused by name (422) and nothing is changed. `action=undo` with the `undo` of an earlier response takes back what enabled, disabled, set an expiry, changed tags or transferred within the last hour, for links that have not changed since. A JSON body has the keys `codes` (an array) or `filter` (an object with `q`, `kind`, `status`, `tag`, `tags`, `owner` as in the list; `{}`: all links), `action`, and `expires_at` (null: never), `tags` (an array), `to` or `undo`; the response is `{count, undo}`; after a deletion, `undo` is the `deleted_at` of the trash.",
  },
  trash: {
    pattern: "/-/trash",
    methods: READ_AND_POST,
    access: "signed_in",
    tongue: "page",
    doc: "Deleted links, which are kept for `links.trash_days`. `?owner=` shows an administrator the trash of another account, `?after=` the next page, `?code=` the form that restores one link under another short code, `?empty=ask` the question before it is emptied. A POST, also of JSON, has an `action`: `recover` takes the links of `codes` (as the list names them) out of it, one of them under another `short_code` if that is given; `undo` with the `deleted_at` of a deletion takes all of its links; `purge` deletes the links of `codes` permanently, `empty` all of the account (`owner`). The response to JSON is `{count}`.",
  },
  editLink: {
    pattern: "/edit_link/:shortCode",
    methods: READ_AND_POST,
    access: "signed_in",
    tongue: "page",
    doc: "Change a link, with the fields of `/add`. A missing `enable_expiration` clears the expiry; any other missing field keeps its value, and so does the stored file. Another `short_code` is the new one; the old one stays as an alias, unless `keep_alias` is `off` (false in JSON). In a JSON body, a missing key keeps its value and null clears it. With `revision`, the number in the form or in `current` of a conflict, the change is refused (409) if the link has changed since; the response shows both versions. `view` is the URL of the list to return to. `GET ?link_type=` is the form for another kind.",
  },
  deleteLink: {
    pattern: "/delete_link/:shortCode",
    methods: READ_AND_POST,
    access: "signed_in",
    tongue: "page",
    doc: "Delete a link; a GET asks for confirmation. With `revision`, also as the key of a JSON body, the link stays (409) if it has changed since. `view` is the URL of the list to return to. The response to a JSON body is `{short_code}`.",
  },
  deleteLinkShort: {
    pattern: "/delete/:shortCode",
    methods: READ_AND_POST,
    access: "signed_in",
    tongue: "page",
    doc: "The same, under the second URL of the Python Trunk8.",
  },
  linkPage: {
    pattern: "/-/links/:shortCode",
    methods: READ,
    access: "signed_in",
    tongue: "page",
    doc: "Page of a link: short URL, QR code, options and visits. `?period=all` shows the visits of all time.",
  },
  qr: {
    pattern: "/-/qr/:shortCode.:format",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "Short URL as a QR code, `svg` or `png`: `?size=` pixels (64-2048, default 512) `?margin=` modules (0-16, default 4) `?download=1`. If the link is not live, only for its owner.",
  },
  qrPage: {
    pattern: "/-/links/:shortCode/qr",
    methods: READ,
    access: "signed_in",
    tongue: "page",
    doc: "QR code of your link, with its downloads.",
  },
  view: {
    pattern: "/-/view/:shortCode",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "Page of a file: the image, audio, video or text, its details, and a download button.",
  },
  thumbnail: {
    pattern: "/-/thumb/:shortCode",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "Thumbnail of an image, 160 pixels, WebP; 404 with an icon if there is none. If the link is not live, only for its owner.",
  },
  preview: {
    pattern: "/-/preview",
    methods: ["POST"],
    access: "signed_in",
    tongue: "page",
    doc: "Preview of a page: `kind` (`markdown` or `html`) `text` (or its field in `/add`) `title`, at most 4 MB. The response may be framed by this site.",
  },
  linkPreview: {
    pattern: "/-/preview/:shortCode",
    methods: READ,
    access: "signed_in",
    tongue: "page",
    doc: "Preview of your document or HTML page, to be framed by this site: also if the link is not live, and never counted. An HTML page redirects to the link's page unless a frame loads it (`Sec-Fetch-Dest`); for browsers that do not send the header, the address in the link's page has a `pass` that works once.",
  },
  page: {
    pattern: "/-/page/:shortCode",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "HTML page for the frame that `/<code>` shows to browsers where there are several accounts and no `server.content_origin`. Redirects to `/<code>` unless a frame of this site loads it (`Sec-Fetch-Dest`).",
  },
  pageOnce: {
    pattern: "/-/page/:pass/:shortCode",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "The same for browsers that send no `Sec-Fetch-Dest`, as over http: `pass` works once.",
  },
  unlock: {
    pattern: "/-/unlock/:shortCode",
    methods: ["POST"],
    access: "visitor",
    tongue: "page",
    doc: "Unlock a link that asks for a password: `password`, and `page` (`open` or `view`), the page to go on to. The right one sets a cookie for this link, for an hour, and redirects to `/<code>`. Programs send the password with each request instead, by Basic authentication (any user name) or in the header `X-Link-Password`.",
  },
  checkCode: {
    pattern: "/-/code",
    methods: READ,
    access: "signed_in",
    tongue: "json",
    doc: "Whether `?short_code=` is available: JSON `{ok, message}`.",
  },
  profile: {
    pattern: "/profile",
    methods: READ_AND_POST,
    access: "in_person",
    tongue: "page",
    doc: "Your account: `action=change_password` `current_password` `new_password` `confirm_password`, `action=change_time_zone` `time_zone` (an IANA name; empty for the site's), `action=end_session` `session`, `action=end_other_sessions`.",
  },
  settings: {
    pattern: "/settings",
    methods: READ_AND_POST,
    access: "in_person",
    tongue: "page",
    doc: "Your themes: `theme` of the pages and `markdown_theme` of Markdown pages; empty for the site's. The account `admin` sets the site's. A JSON body has the keys `theme` and `markdown_theme`: a missing key keeps its value, null is the site default.",
  },
  backup: {
    pattern: "/backup/create",
    methods: READ_AND_POST,
    access: "signed_in",
    tongue: "page",
    doc: "Download your data as a zip: links, files, settings and visits. An administrator may name another account in `target_user`. A GET shows the button.",
  },
  restore: {
    pattern: "/backup/restore",
    methods: READ_AND_POST,
    access: "signed_in",
    tongue: "page",
    doc: "Restore a backup: `backup_file` (multipart), or `backup_name` of a file in `backups/` of the data folder; `restore_mode` (`merge` or `replace`), `target_user` for administrators. Where you signed in more than 15 minutes ago, `replace` needs `your_password`. With `preview=1` it only shows what would change; for an hour, `sent` then names the uploaded file. A small backup is restored at once; for a large one, the response redirects to the page with its progress, or with `Accept: application/json` is 202 with its state and `Location`.",
  },
  restoreProgress: {
    pattern: "/backup/restore/:id",
    methods: READ_AND_POST,
    access: "signed_in",
    tongue: "page",
    doc: "Progress and result of a restore; with `Accept: application/json` `{id, state, mode, owner, phase, place, links, restored, removed, skipped_count, skipped, problem, url}`, where `state` is `running` `done` `failed` or `cancelled`. `action=cancel` stops it after the links under way; what is restored stays.",
  },
  register: {
    pattern: "/auth/register",
    methods: READ_AND_POST,
    access: "administrator",
    tongue: "page",
    doc: "Create an account: `username` `password` `confirm_password` `display_name` (default: the user name) `is_admin=on`. A JSON body has the keys `username` `password` `display_name` `role` (`user` `administrator`) `must_change_password`; the response is 201 with the account.",
  },
  switchUser: {
    pattern: "/auth/switch-user/:username",
    methods: READ_AND_POST,
    access: "administrator",
    tongue: "page",
    doc: "Impersonate a user, in this session only; a GET shows the button.",
  },
  switchBack: {
    pattern: "/auth/switch-back",
    methods: READ_AND_POST,
    access: "signed_in",
    tongue: "page",
    doc: "Stop impersonating; a GET shows the button.",
  },
  users: {
    pattern: "/users",
    methods: READ,
    access: "administrator",
    tongue: "page",
    doc: "List of accounts. `?q=` searches user name and display name; `sort=` (`name` `role` `created` `last_seen` `links` `files` `bytes`) `direction=` (`asc` `desc`) `page=`.",
  },
  user: {
    pattern: "/users/:username",
    methods: READ_AND_POST,
    access: "administrator",
    tongue: "page",
    doc: "An account: `action=change` with `display_name` `role` (`user` `administrator`) `quota_mb` (empty: the site's; 0: unlimited), of which a missing one keeps its value; `action=disable`, `enable`, `sign_out` (all sessions) or `one_time_password`, which the response shows once. A JSON body has the keys `display_name` `role` `disabled` `quota` (bytes, 0 for unlimited, null for the site default): a missing key keeps its value; the response is the account.",
  },
  deleteUser: {
    pattern: "/users/:username/delete",
    methods: READ_AND_POST,
    access: "administrator",
    tongue: "page",
    doc: "Delete an account: `links=transfer` with `to` (a user name), `links=keep` (transfer to the administrator) or `links=delete`. A GET shows what would be deleted and asks for confirmation. A JSON body has the keys `links` and `to`; the response is `{links}`, the number of links that were transferred or deleted.",
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
    doc: "The same as CSV (RFC 4180), with the same filters.",
  },
  ownAudit: {
    pattern: "/-/audit/own",
    methods: READ,
    access: "in_person",
    tongue: "page",
    doc: "Your activity, and actions on your account and links. `?after=` is the next page.",
  },
  siteSettings: {
    pattern: "/-/settings",
    methods: READ_AND_POST,
    access: "administrator",
    tongue: "page",
    doc: "Main settings of the site, each in a field of its name such as `app.title`; a missing one keeps its value.",
  },
  proxy: {
    pattern: "/-/proxy",
    methods: READ,
    access: "administrator",
    tongue: "page",
    doc: "The proxies between you and the server, as the server sees them, and which settings to change.",
  },
  nodes: {
    pattern: "/-/nodes",
    methods: READ_AND_POST,
    access: "administrator",
    tongue: "page",
    doc: "The machines that run the site, with their version, clock and last heartbeat. `action=forget` with `node` removes one that does not run.",
  },
  proxyProbe: {
    pattern: "/-/proxy/probe",
    methods: READ_AND_POST,
    access: "visitor",
    tongue: "json",
    doc: "Used by `trunk8 doctor --proxy`: the same as JSON; the body of a POST is read and discarded. For an administrator, or with the command's token in `X-Trunk8-Probe`.",
  },
  dismissWarning: {
    pattern: "/-/warnings/dismiss",
    methods: ["POST"],
    access: "administrator",
    tongue: "page",
    doc: "Hides a warning (`warning`) in this browser for 30 days, and returns to the page `back`.",
  },
  brand: {
    pattern: "/static/branding/:file",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "The site's logo, icon and style sheet from `branding/` in the data folder.",
  },
  asset: {
    pattern: "/static/*",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "Style sheets, scripts and icons, with names that change with their content.",
  },
  favicon: {
    pattern: "/favicon.ico",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "The site's icon.",
  },
  robots: {
    pattern: "/robots.txt",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "Rules for search engines: nothing may be fetched unless `links.indexed` is set, except by fetchers of link previews.",
  },
  health: {
    pattern: "/health",
    methods: READ,
    access: "visitor",
    tongue: "json",
    doc: '`{"status":"pass"}` while the process responds.',
  },
  ready: {
    pattern: "/health/ready",
    methods: READ,
    access: "visitor",
    tongue: "json",
    doc: 'For load balancers: `{"status":"pass"}` if links can be answered, else 503 `{"status":"fail"}`.',
  },
  open: {
    pattern: "/:shortCode",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "The short link: a redirect to its destination, a file (`?download=1` downloads it, `?inline=1` opens it in the browser if its type is harmless), a Markdown page (`?raw=1` for the source), or an HTML page. 404 if there is none, 410 if it has expired or is disabled. What follows the code in mails and chats, such as `.` `)` `/` a space or `&utm_source=x`, is ignored.",
  },
} as const satisfies Record<string, UrlRow>;

export type UrlName = keyof typeof urls;

/** Prefix of the paths under which nginx has users' files, apart from all users' names. nginx sends it along. */
export const accelPrefix = "/-/blobs";
export const accelHeader = "x-accel-prefix";

/** What answers where operations listen, apart from the site. */
export const opsUrls = {
  metrics: "/metrics",
  live: "/health/live",
  ready: "/health/ready",
} as const;

type ParamsOf<Name extends UrlName> = ParamsIn<(typeof urls)[Name]["pattern"]>;

/** The parameters a URL's pattern names, as the rest of the arguments of `href`: none if it names none. */
type HrefArguments<Name extends UrlName> = [ParamsOf<Name>] extends [never]
  ? []
  : [params: Readonly<Record<ParamsOf<Name>, string>>];

/** The path of a URL, its parameters percent-encoded; the slashes of a `*` stay. */
export function href<Name extends UrlName>(name: Name, ...[params]: HrefArguments<Name>): string {
  return fillPattern(urls[name].pattern, params ?? {});
}

/** Whether a page of the site's own answers at `/<segment>`, so that no link is ever opened there. */
export function isOwnAddress(segment: string): boolean {
  return patterns.has(`/${segment}`);
}

const patterns: ReadonlySet<string> = new Set(Object.values(urls).map(({ pattern }) => pattern));

/** `path` with a query; an absent value is left out. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | null | undefined>>,
): string {
  let written = "";
  for (const key in query) {
    const value = query[key];
    if (value != null) written += `${written === "" ? "?" : "&"}${writePair(key, value)}`;
  }
  return path + written;
}

/** Longest address we read or send anyone to, in characters. */
export const MAX_URL_LENGTH = 16_384;
