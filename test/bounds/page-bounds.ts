import { href, withQuery } from "../../src/http/urls.ts";
import { assetHref } from "../../src/web/static/asset.ts";
import { at, type BoundRow, byForm, byUrl, get, notRead } from "./bound-row.ts";

/** Pages that show what an account, or the site, has stored. */
export const storedRows: readonly BoundRow[] = [
  get("home", {
    grows: "links of the account",
    bound: "the newest 10 shown; totals are kept",
    answer: "the same page",
    size: 500,
    store: (site, size) => site.addLinks(size),
    request: () => ({ path: href("home") }),
  }),
  get("links", {
    grows: "links of the account",
    bound: "50 a page",
    answer: "the same page",
    size: 500,
    store: (site, size) => site.addLinks(size),
    request: () => ({ path: href("links") }),
  }),
  get("links", {
    grows: "`q`",
    bound: "the URL's 16,384 bytes, of which 32 words are searched for",
    answer: "414",
    size: 3_500,
    beyond: [17_000, 414],
    request: (_, size) => ({ path: withQuery(href("links"), { q: "ab ".repeat(size / 3) }) }),
  }),
  get("linkPage", {
    grows: "hours with visits",
    bound: "62 days or 240 months shown",
    answer: "the same page",
    size: 2_000,
    store: (site, size) => site.addVisitedHours("visited", size),
    request: () => ({ path: href("linkPage", { shortCode: "visited" }) }),
  }),
  ...(
    [
      ["stats", href("stats")],
      ["linkStats", href("linkStats", { shortCode: "visited" })],
      ["userStats", href("userStats", { username: "alice" })],
    ] as const
  ).map(([name, path]) =>
    get(name, {
      grows: "hours with visits",
      bound: "390 bars, 8 values of each property, 10 visits and 10 links",
      answer: "the same page",
      size: 2_000,
      store: (site, size) => site.addVisitedHours("visited", size),
      request: () => ({ path: withQuery(path, { range: "all" }) }),
    }),
  ),
  get("tagStats", {
    grows: "the tag's name",
    bound: "the URL's 16,384 bytes",
    answer: "414",
    size: 3_000,
    status: 404,
    beyond: [17_000, 414],
    request: (_, size) => ({ path: href("tagStats", { tag: "x".repeat(size) }) }),
  }),
  get("profile", {
    grows: "sessions of the account",
    bound: "100 sessions are kept; those of closed browsers end first",
    answer: "the same page",
    size: 50,
    store: (site, size) => site.addSessions(size),
    request: () => ({ path: href("profile") }),
  }),
  get("keys", {
    grows: "API keys of the account",
    bound: "100 keys, and those that ended in the last 30 days",
    answer: "the same page",
    size: 5,
    store: (site, size) => site.addKeys(size),
    request: () => ({ path: href("keys") }),
  }),
  get("allKeys", {
    grows: "API keys of the site",
    bound: "200 a page",
    answer: "the same page",
    size: 5,
    store: (site, size) => site.addKeys(size),
    request: () => ({ path: href("allKeys") }),
  }),
  get("users", {
    grows: "accounts",
    bound: "50 a page",
    answer: "the same page",
    size: 100,
    store: (site, size) => site.addUsers(size),
    request: () => ({ path: href("users") }),
  }),
  get("user", {
    grows: "links of the account",
    bound: "the newest 10 shown",
    answer: "the same page",
    size: 500,
    store: (site, size) => site.addLinks(size),
    request: ({ owner }) => ({ path: href("user", { username: owner.username }) }),
  }),
  get("deleteUser", {
    grows: "links of the account",
    bound: "counted, not shown",
    answer: "the same page",
    size: 300,
    store: (site, size) => site.addLeaver(size),
    request: (_, size) => ({ path: href("deleteUser", { username: `leaver-${size}` }) }),
  }),
  get("audit", {
    grows: "events",
    bound: "50 a page, kept `audit.retention_days`",
    answer: "the same page",
    size: 500,
    store: (site, size) => site.addEvents(size),
    request: () => ({ path: href("audit") }),
  }),
  get("ownAudit", {
    grows: "events",
    bound: "50 a page, kept `audit.retention_days`",
    answer: "the same page",
    size: 500,
    store: (site, size) => site.addEvents(size),
    request: () => ({ path: href("ownAudit") }),
  }),
  get("auditCsv", {
    grows: "events",
    bound: "read and sent in portions, kept `audit.retention_days`",
    answer: "all of them",
    size: 500,
    bytes: 2_000_000,
    store: (site, size) => site.addEvents(size),
    request: () => ({ path: href("auditCsv") }),
  }),
];

/** Pages and answers that only their URL makes dearer. */
export const fixedRows: readonly BoundRow[] = [
  ...(
    [
      "signOut",
      "add",
      "settings",
      "backup",
      "restore",
      "register",
      "siteSettings",
      "proxy",
      "nodes",
    ] as const
  ).map((name) => byUrl(name, at(href(name)))),
  byUrl("revokeKey", at(href("revokeKey", { id: "4711" })), { status: 404 }),
  byUrl("signIn", at(href("signIn")), { status: 303 }),
  byUrl("switchBack", at(href("switchBack")), { status: 303 }),
  byUrl("qrPage", at(href("qrPage", { shortCode: "redirect" }))),
  byUrl("switchUser", at(href("switchUser", { username: "bob" }))),
  byUrl("checkCode", at(withQuery(href("checkCode"), { short_code: "free" }))),
  byUrl("proxyProbe", at(href("proxyProbe"))),
  byForm("proxyProbe", at(href("proxyProbe")), {}, { ...notRead, status: 200 }),
  byUrl("brand", (site) => site.logo, { bytes: 2_000_000 }),
  byUrl("asset", at(assetHref("site.css")), { bytes: 2_000_000 }),
  // Every operation of the API, whatever the request.
  byUrl("apiPage", at(href("apiPage")), { bytes: 400_000 }),
  ...(["favicon", "manifest", "robots", "health", "ready"] as const).map((name) =>
    byUrl(name, at(href(name))),
  ),
];
