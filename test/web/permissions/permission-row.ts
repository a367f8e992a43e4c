import type { Method } from "../../../src/http/url-row.ts";
import type { UrlName } from "../../../src/http/urls.ts";

/** Who asks. What is asked for is the owner's. */
export const callers = [
  "not signed in",
  "another user",
  "owner",
  "administrator",
  "administrator impersonating the owner",
  "disabled user",
] as const;

/**
 * What comes back: done or shown (`yes`), done to nothing of the owner's (`nothing`), led to the sign-in page
 * (`sign in`), or the status of a refusal.
 */
export type Outcome = "yes" | "nothing" | "sign in" | "401" | "403" | "404" | "409" | "410" | "422";

/** What the owner has, made anew for each question; `mark` is in no two. */
export interface Things {
  readonly mark: string;
  readonly owner: string;
  readonly session: string;
  /** The id of an API key of the owner. */
  readonly key: string;
  readonly link: string;
  readonly picture: string;
  readonly document: string;
  readonly collection: string;
  readonly switchedOff: string;
  /** A link with a former destination. */
  readonly changed: string;
  /** A link in the owner's trash. */
  readonly trashed: string;
  /** A user of whom nobody will be sorry. */
  readonly person: string;
  readonly archive: Blob;
  /** The id of an upload in portions. */
  readonly upload: string;
  /** The id of a restore. */
  readonly restore: string;
  /** The id of an import of a CSV file, with a list of refused lines. */
  readonly imported: string;
  /** The id of a change of many links. */
  readonly bulkChange: string;
}

type Fields = Readonly<Record<string, string | Blob>>;

export interface PermissionRow {
  readonly name: UrlName;
  readonly method: Exclude<Method, "HEAD">;
  /** What is asked, where the address alone does not say. */
  readonly what: string;
  readonly path: (things: Things) => string;
  readonly fields: (things: Things) => Fields;
  /** A body of JSON, in place of the fields. */
  readonly json?: ((things: Things) => object) | undefined;
  /** With a body of bytes, in place of the fields. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** In the order of `callers`. */
  readonly outcomes: readonly Outcome[];
}

/** A word for each caller. */
type Answers = string;

export const ANYBODY: Answers = "yes yes yes yes yes yes";
export const SIGNED_IN: Answers = "sign-in yes yes yes yes sign-in";
export const SIGNED_IN_OR_401: Answers = "401 yes yes yes yes 401";
export const IN_PERSON: Answers = "sign-in yes yes yes 403 sign-in";
export const IN_PERSON_OR_401: Answers = "401 yes yes yes 403 401";
export const OWN: Answers = "sign-in 404 yes yes yes sign-in";
export const OWN_OR_401: Answers = "401 404 yes yes yes 401";
export const ADMINISTRATOR: Answers = "sign-in 403 403 yes 403 sign-in";
export const ADMINISTRATOR_OR_401: Answers = "401 403 403 yes 403 401";
/** Called by programs, so never redirected to the sign-in page. */
export const PROBER: Answers = "403 403 403 yes 403 403";

export interface Asked {
  readonly what?: string;
  readonly path: (things: Things) => string;
  readonly fields?: (things: Things) => Fields;
  readonly json?: (things: Things) => object;
  readonly headers?: Readonly<Record<string, string>>;
}

export function row(
  name: UrlName,
  method: PermissionRow["method"],
  answers: Answers,
  { what = "", path, fields = () => ({}), json, headers }: Asked,
): PermissionRow {
  const outcomes = answers.split(" ").map((word) => word.replace("-", " ") as Outcome);
  return { name, method, what, path, fields, json, headers, outcomes };
}

export const get = (name: UrlName, answers: Answers, path: Asked["path"], what = "") =>
  row(name, "GET", answers, { path, what });

export const post = (name: UrlName, answers: Answers, asked: Asked) =>
  row(name, "POST", answers, asked);

/** Both of a page with a form. */
export const both = (name: UrlName, [read, write]: readonly [Answers, Answers], asked: Asked) => [
  get(name, read, asked.path),
  post(name, write, asked),
];

export const at = (path: string) => () => path;
export const target = (mark: string) => `https://example.org/${mark}`;
