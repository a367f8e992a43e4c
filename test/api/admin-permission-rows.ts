import { href, type UrlName, withQuery } from "../../src/http/urls.ts";
import {
  ANYBODY,
  type Asked,
  at,
  type PermissionRow,
  row,
} from "../web/permissions/permission-row.ts";

const SIGNED_IN = "401 yes yes yes yes 401";
const ADMINISTRATOR = "401 403 403 yes 403 401";
/** Others do not find an account. */
const OF_ACCOUNT = "401 404 404 yes 404 401";
/** Not by an administrator who impersonates a user. */
const IN_PERSON = "401 yes yes yes 403 401";

const OWN = "401 404 yes yes yes 401";
/** Of what there is not. */
const NOT_FOUND = "401 403 403 404 403 401";
const OF_KEY = "401 404 yes yes 404 401";

/** A method with a body of JSON, empty by default. */
const send = (name: UrlName, method: PermissionRow["method"], answers: string, asked: Asked) =>
  row(name, method, answers, { json: () => ({}), ...asked });

const get = (name: UrlName, answers: string, path: Asked["path"], what = "") =>
  row(name, "GET", answers, { path, what });

const person = ({ person: username }: Parameters<Asked["path"]>[0]) =>
  href("apiUser", { username });

/** Every operation of the API on accounts and the site. */
export const adminPermissionRows: readonly PermissionRow[] = [
  get("apiMe", SIGNED_IN, at(href("apiMe"))),
  send("apiMe", "PATCH", "401 yes yes yes 404 401", { path: at(href("apiMe")) }),
  get("apiOwnSessions", IN_PERSON, at(href("apiOwnSessions"))),
  row("apiOwnSessions", "DELETE", IN_PERSON, { path: at(href("apiOwnSessions")) }),
  row("apiOwnSession", "DELETE", "401 404 yes 404 403 401", {
    path: ({ session }) => href("apiOwnSession", { session }),
  }),
  get("apiOwnAudit", IN_PERSON, at(href("apiOwnAudit"))),
  get("apiUsers", ADMINISTRATOR, at(href("apiUsers"))),
  send("apiUsers", "POST", ADMINISTRATOR, {
    path: at(href("apiUsers")),
    json: ({ mark }) => ({ username: `api-${mark}`, password: "a long enough passphrase" }),
  }),
  get("apiUser", OF_ACCOUNT, person),
  send("apiUser", "PATCH", OF_ACCOUNT, { path: person, json: () => ({ role: "administrator" }) }),
  row("apiUser", "DELETE", OF_ACCOUNT, { path: (things) => `${person(things)}?links=keep` }),
  send("apiPassword", "PUT", OF_ACCOUNT, {
    path: ({ person: username }) => href("apiPassword", { username }),
    json: () => ({ new_password: "a long enough passphrase" }),
  }),
  row("apiPassword", "POST", OF_ACCOUNT, {
    path: ({ person: username }) => href("apiPassword", { username }),
  }),
  row("apiSessions", "DELETE", OF_ACCOUNT, {
    path: ({ owner: username }) => href("apiSessions", { username }),
  }),
  get("apiKeys", IN_PERSON, at(href("apiKeys"))),
  get("apiKeys", ADMINISTRATOR, at(`${href("apiKeys")}?all=true`), "of all accounts"),
  send("apiKeys", "POST", IN_PERSON, {
    path: at(href("apiKeys")),
    json: () => ({ name: "a test", scopes: ["links:read"] }),
  }),
  get("apiKey", OF_KEY, ({ key: id }) => href("apiKey", { id })),
  get("apiSettings", ADMINISTRATOR, at(href("apiSettings"))),
  send("apiSettings", "PATCH", ADMINISTRATOR, { path: at(href("apiSettings")) }),
  get("apiAudit", ADMINISTRATOR, at(href("apiAudit"))),
  get("apiStats", SIGNED_IN, at(href("apiStats"))),
  get("apiLinkStats", OWN, ({ link: shortCode }) => href("apiLinkStats", { shortCode })),
  get("apiVisits", OWN, ({ link: shortCode }) => href("apiVisits", { shortCode })),
  get("apiSingleVisits", OWN, ({ link: shortCode }) => href("apiSingleVisits", { shortCode })),
  get("apiLinkLines", SIGNED_IN, at(href("apiLinkLines"))),
  get("apiHealth", ANYBODY, at(href("apiHealth"))),
  get("apiNodes", ADMINISTRATOR, at(href("apiNodes"))),
  row("apiNode", "DELETE", NOT_FOUND, { path: at(href("apiNode", { node: "no-such-node" })) }),
  get("apiJobs", ADMINISTRATOR, at(href("apiJobs"))),
  get("apiJob", ADMINISTRATOR, at(href("apiJob", { job: "count-visits" }))),
  row("apiJobRun", "POST", NOT_FOUND, { path: at(href("apiJobRun", { job: "no-such-job" })) }),
  get("apiBackup", SIGNED_IN, at(href("apiBackup"))),
  get(
    "apiBackup",
    "401 422 yes yes yes 401",
    ({ owner }) => withQuery(href("apiBackup"), { owner }),
    "of the owner",
  ),
  row("apiRestores", "POST", "401 422 422 422 422 401", {
    path: at(withQuery(href("apiRestores"), { owner: "no-such-user" })),
  }),
  get("apiRestore", OWN, ({ restore: id }) => href("apiRestore", { id })),
  row("apiRestore", "DELETE", OWN, { path: ({ restore: id }) => href("apiRestore", { id }) }),
  get("apiSiteBackups", ADMINISTRATOR, at(href("apiSiteBackups"))),
  row("apiSiteBackups", "POST", ADMINISTRATOR, { path: at(href("apiSiteBackups")) }),
  get("apiSiteBackup", NOT_FOUND, at(href("apiSiteBackup", { name: "no-such-backup.zip" }))),
  row("apiKey", "DELETE", OF_KEY, { path: ({ key: id }) => href("apiKey", { id }) }),
];
