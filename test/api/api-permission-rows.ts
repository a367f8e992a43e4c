import { href, type UrlName } from "../../src/http/urls.ts";
import {
  ANYBODY,
  type Asked,
  at,
  type PermissionRow,
  row,
  target,
} from "../web/permissions/permission-row.ts";

/** What the owner and administrators may do, and another user does not find. */
const OWN = "401 404 yes yes yes 401";
const SIGNED_IN = "401 yes yes yes yes 401";

/** A method with a body of JSON, empty by default. */
const send = (name: UrlName, method: PermissionRow["method"], answers: string, asked: Asked) =>
  row(name, method, answers, { json: () => ({}), ...asked });

const get = (name: UrlName, answers: string, path: Asked["path"], what = "") =>
  row(name, "GET", answers, { path, what });

const ownLink = { path: ({ link }) => href("apiLink", { shortCode: link }) } satisfies Asked;

/** Every operation of the API. */
export const apiPermissionRows: readonly PermissionRow[] = [
  get("api", ANYBODY, at(href("api"))),
  get("apiDocument", ANYBODY, at(href("apiDocument"))),
  get("apiLinks", SIGNED_IN, at(href("apiLinks"))),
  send("apiLinks", "POST", SIGNED_IN, {
    path: at(href("apiLinks")),
    json: ({ mark }) => ({ short_code: `api-${mark}`, target: target(mark) }),
  }),
  get("apiLink", OWN, ownLink.path),
  send("apiLink", "PUT", OWN, { ...ownLink, json: () => ({ kind: "file", note: "put" }) }),
  send("apiLink", "PATCH", OWN, { ...ownLink, json: () => ({ note: "changed" }) }),
  row("apiLink", "DELETE", OWN, ownLink),
];
