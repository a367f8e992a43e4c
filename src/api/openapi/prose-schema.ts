import type { Scope } from "../../policy.ts";
import type { AnswerHeader, ApiMethod } from "../operation.ts";

/** Texts of the document that belong to no single operation. */
export const prose = {
  title: "Trunk8",
  about:
    "Short links, files and pages. Every error is a problem (RFC 9457). Times are RFC 3339 in UTC, sizes are bytes. Unknown fields and parameters are refused (422).",
  license: { name: "MIT", identifier: "MIT" },
  problem: "A problem.",
  needsNoKey: "Needs no key.",
  needsAnyKey: "Any key will do.",
  needsPerson: "Needs a person who has signed in: a key gets 403 with the code `person_required`.",
  needsScope: (scopes: readonly Scope[]) =>
    `A key needs the scope ${scopes.map((scope) => `\`${scope}\``).join(" or ")}.`,
  tags: {
    about: "The API itself.",
    openapi: "This document.",
    links: "Links: redirects, files and pages.",
    changes: "Changes of many links.",
    trash: "Deleted links.",
    uploads: "Files in portions, by tus 1.0.",
    files: "Uploads.",
    tags: "Tags of links.",
    me: "The account of the caller.",
    health: "Whether links can be answered.",
    users: "Accounts, for administrators.",
    keys: "API keys.",
    settings: "Settings of the site, for administrators.",
    audit: "The audit log, for administrators.",
    stats: "Visits.",
    nodes: "The machines that run the site, for administrators.",
    jobs: "Periodic jobs, for administrators.",
    backup: "Backups of an account.",
    restores: "Restores of accounts.",
    site: "Backups of the whole site, for administrators.",
  } as Readonly<Record<string, string>>,
  securitySchemes: {
    bearer: {
      type: "http",
      scheme: "bearer",
      description: "`Authorization: Bearer` and an API key.",
    },
    header: { type: "apiKey", in: "header", name: "X-Api-Key", description: "An API key." },
    basic: {
      type: "http",
      scheme: "basic",
      description: "An API key as the password, with any user name.",
    },
  },
} as const;

const text = { type: "string" };

/** Headers of answers. */
export const headerDocs: Readonly<
  Record<AnswerHeader | "Retry-After" | "WWW-Authenticate", object>
> = {
  ETag: { description: "Identifies this version.", schema: text },
  Location: { description: "URL of what was created.", schema: text },
  Link: { description: 'URL of the next page (`rel="next"`).', schema: text },
  "Content-Disposition": { description: "Names the file.", schema: text },
  "Idempotency-Replayed": {
    description: "`true`: this is what the first request with the key was answered.",
    schema: { type: "string", enum: ["true"] },
  },
  "Retry-After": { description: "Seconds until another try can succeed.", schema: text },
  "WWW-Authenticate": { description: "How to authenticate.", schema: text },
};

/** Headers of every answer to an account or a key that is limited. */
export const limitHeaders: Readonly<Record<string, object>> = {
  RateLimit: {
    description:
      'Requests that are allowed at once, and seconds until all are: `"key";r=1199;t=1`.',
    schema: text,
  },
  "RateLimit-Policy": {
    description: 'The limit: `"key";q=6000;w=60` is 6,000 requests in 60 seconds.',
    schema: text,
  },
};

/** The conditions that a method reads. */
export function conditionParameters(method: ApiMethod): Readonly<Record<string, unknown>>[] {
  const match = {
    name: "If-Match",
    in: "header",
    description: "An `ETag`: refused (412) if that is no longer the version.",
    schema: text,
  };
  const noneMatch = {
    name: "If-None-Match",
    in: "header",
    description:
      method === "GET"
        ? "An `ETag`: 304 if that is still the version."
        : "`*`: refused (412) if it exists already.",
    schema: text,
  };
  return [match, noneMatch];
}

/** The header of operations that can be repeated. */
export const idempotencyParameter = {
  name: "Idempotency-Key",
  in: "header",
  description:
    "Any text of 1 to 255 characters, in quotes or without, such as a UUID. Within 24 hours, another request of the account with this key is not carried out, but gets the answer of the first: 409 while that is under way, 422 where it asked for something else.",
  schema: { type: "string", minLength: 1 },
} as const;
