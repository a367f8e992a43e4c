import { z } from "zod";
import type { Call, Handler } from "../http/call.ts";
import type { Method } from "../http/url-row.ts";
import type { ApiUrlName } from "../http/urls/api-urls.ts";
import { requireScope, type Scope } from "../policy.ts";
import type { ProblemCode } from "../problem.ts";
import { requireAcceptable } from "./request/acceptable.ts";
import type { BodyReader } from "./request/body.ts";
import { QueryReader } from "./request/query.ts";

/** A method with an operation of its own: HEAD is answered as GET, and OPTIONS for all URLs alike. */
export type ApiMethod = Exclude<Method, "HEAD" | "OPTIONS">;

/** Headers of answers that the document describes. */
export type AnswerHeader =
  | "ETag"
  | "Location"
  | "Link"
  | "Content-Disposition"
  | "Idempotency-Replayed";

/** One of the answers of an operation that are no problem. */
export interface Answer {
  readonly doc: string;
  /** Of JSON. Absent: other bytes, or none where there are no `types`. */
  readonly schema?: z.ZodType;
  /** Media types of bytes that are no JSON. */
  readonly types?: readonly string[];
  /** Of each line of NDJSON. */
  readonly line?: z.ZodType;
  readonly headers?: readonly AnswerHeader[];
}

/** What the document says of an operation. */
export interface OperationRow {
  /** Unique among all operations. */
  readonly name: string;
  readonly doc: string;
  /**
   * The scopes of which a key needs one, whatever the operation needs beside; `any`: any key will do; none: it needs a
   * person, and no key will do; null: no key is needed.
   */
  readonly scopes: readonly Scope[] | "any" | null;
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** Problems beside those that any request may meet. */
  readonly problems?: readonly ProblemCode[];
  /** Whether If-Match and If-None-Match are read. */
  readonly isConditional?: boolean;
  /** Whether Idempotency-Key is read: see `request/repeated.ts`. */
  readonly isRepeatable?: boolean;
  /** Headers that a request must have, each with an example. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One method of one URL: what it reads, what it answers, and who does it. */
export interface ApiOperation extends OperationRow {
  readonly query: z.ZodObject | null;
  readonly body: BodyReader<unknown> | null;
  readonly handler: Handler;
}

/** One row of the table of operations. */
export interface ApiRow {
  readonly url: ApiUrlName;
  readonly method: ApiMethod;
  readonly operation: ApiOperation;
}

interface Definition<Query extends z.ZodObject, Body> extends OperationRow {
  readonly query?: Query;
  readonly body?: BodyReader<Body>;
  answer(call: Call, given: Given<z.output<Query>, Body>): Response | Promise<Response>;
}

/** A request without parameters. */
const noParameters = z.strictObject({});

/** What a request gave, checked. */
interface Given<Query, Body> {
  readonly query: Query;
  readonly body: Body;
}

/** An operation that reads its query and its body by their schemas before it answers. */
export function operation<Query extends z.ZodObject = z.ZodObject, Body = undefined>({
  query,
  body,
  answer,
  ...row
}: Definition<Query, Body>): ApiOperation {
  const parameters = new QueryReader(query ?? noParameters);
  const types = Object.values(row.answers).flatMap(typesOf);
  const handler = async (call: Call) => {
    const { actor, request } = call;
    if (actor.is === "user" && actor.key && row.scopes !== null && row.scopes !== "any")
      requireScope(actor.key, row.scopes);
    requireAcceptable(request, types);
    return await answer(call, {
      query: parameters.read(call.url.searchParams) as z.output<Query>,
      body: (await body?.read(call)) as Body,
    });
  };
  return { ...row, query: query ?? null, body: body ?? null, handler };
}

/** Media types of an answer; none where it has no body. */
export function typesOf({ schema, types = [] }: Answer): readonly string[] {
  return schema === undefined ? types : ["application/json", ...types];
}
