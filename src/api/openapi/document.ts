import { z } from "zod";
import { statusOf } from "../../http/response/problem-response.ts";
import { urls } from "../../http/urls.ts";
import { fieldNameOf } from "../../parse-input.ts";
import type { ProblemCode } from "../../problem.ts";
import { version } from "../../version.ts";
import { type Answer, type ApiRow, typesOf } from "../operation.ts";
import { problemSchema } from "../problem-schema.ts";
import { Components } from "./components.ts";
import {
  conditionParameters,
  headerDocs,
  idempotencyParameter,
  limitHeaders,
  prose,
} from "./prose-schema.ts";

type Json = Readonly<Record<string, unknown>>;

/** The API as a document of OpenAPI 3.1. */
export function makeDocument(rows: readonly ApiRow[]): Json {
  const components = new Components();
  const problem = components.refer(problemSchema, "output");
  const paths: Record<string, Record<string, unknown>> = {};
  for (const row of rows) {
    const path = pathOf(row);
    paths[path] ??= {};
    paths[path][row.method.toLowerCase()] = operationOf(row, components);
  }
  return {
    openapi: "3.1.1",
    info: { title: prose.title, version, description: prose.about, license: prose.license },
    servers: [{ url: "/" }],
    tags: tagsOf(rows),
    security: [{ bearer: [] }, { header: [] }, { basic: [] }],
    paths,
    components: {
      schemas: components.schemas,
      headers: limitHeaders,
      responses: { Problem: problemResponse(problem) },
      securitySchemes: prose.securitySchemes,
    },
  };
}

/** `/api/v1/links/{short_code}` */
export function pathOf({ url }: Pick<ApiRow, "url">): string {
  return urls[url].pattern.replaceAll(
    /(?<=\/):(\w+)/g,
    (_, name: string) => `{${fieldNameOf(name)}}`,
  );
}

function operationOf(row: ApiRow, components: Components): Json {
  const { name, doc, scopes, body } = row.operation;
  const [summary = "", ...more] = doc.split(/(?<=\.) /);
  return {
    operationId: name,
    tags: [tagOf(row)],
    summary: summary.replace(/\.$/, ""),
    description: [...more, needsOf(scopes)].join(" "),
    ...(scopes === null && { security: [] }),
    parameters: parametersOf(row, components),
    ...(body && {
      requestBody: {
        required: true,
        content: Object.fromEntries(
          body.types.map((type) => [type, { schema: components.refer(body.schema, "input") }]),
        ),
      },
    }),
    responses: responsesOf(row, components),
  };
}

function needsOf(scopes: ApiRow["operation"]["scopes"]): string {
  if (scopes === null) return prose.needsNoKey;
  if (scopes === "any") return prose.needsAnyKey;
  return scopes.length === 0 ? prose.needsPerson : prose.needsScope(scopes);
}

function parametersOf(row: ApiRow, components: Components): Json[] {
  const { query, isConditional, isRepeatable, headers = {} } = row.operation;
  const names = [...pathOf(row).matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const inPath = names.map((name) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, schema]) => {
    const { description, ...rest } = components.inline(schema);
    return {
      name,
      in: "query",
      ...(!z.safeParse(schema, undefined).success && { required: true }),
      ...(description !== undefined && { description }),
      schema: rest,
    };
  });
  return [
    ...inPath,
    ...inQuery,
    ...(isConditional ? conditionParameters(row.method) : []),
    ...(isRepeatable ? [idempotencyParameter] : []),
    ...Object.entries(headers).map(([name, example]) => ({
      name,
      in: "header",
      required: true,
      schema: { type: "string", examples: [example] },
    })),
  ];
}

function responsesOf(row: ApiRow, components: Components): Json {
  const { isRepeatable } = row.operation;
  const answers = Object.entries(row.operation.answers).map(([status, answer]) => [
    status,
    answerOf(
      isRepeatable && status.startsWith("2") ? repeatable(answer) : answer,
      components,
      row.operation.scopes !== null,
    ),
  ]);
  const problems = problemStatuses(row).map((status) => [
    String(status),
    { $ref: "#/components/responses/Problem" },
  ]);
  return Object.fromEntries([...answers, ...problems]);
}

function repeatable({ headers = [], ...answer }: Answer): Answer {
  return { ...answer, headers: [...headers, "Idempotency-Replayed"] };
}

function answerOf(answer: Answer, components: Components, isLimited: boolean): Json {
  const { doc, schema, line, headers = [] } = answer;
  const content = typesOf(answer).map((type) => [
    type,
    type === "application/json" && schema
      ? { schema: components.refer(schema, "output") }
      : { ...(line && { schema: linesOf(components.refer(line, "output")) }) },
  ]);
  return {
    description: doc,
    ...((headers.length > 0 || isLimited) && {
      headers: {
        ...Object.fromEntries(headers.map((name) => [name, headerDocs[name]])),
        ...(isLimited && referTo(limitHeaders)),
      },
    }),
    ...(content.length > 0 && { content: Object.fromEntries(content) }),
  };
}

/** Text with a value in each line, as far as JSON Schema can say it. */
function linesOf(contentSchema: Json): Json {
  return { type: "string", contentMediaType: "application/x-ndjson", contentSchema };
}

function referTo(headers: Readonly<Record<string, unknown>>): Json {
  const names = Object.keys(headers);
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** Problems that any request may meet: a wrong key, a fault, the rate limit, another server, a database that is away. */
const always: readonly ProblemCode[] = [
  "bad_request",
  "unauthenticated",
  "forbidden",
  "invalid",
  "not_acceptable",
  "too_many",
  "internal",
  "busy",
];

const ofBodies: readonly ProblemCode[] = [
  "timeout",
  "too_large",
  "unsupported_type",
  "storage_full",
];

/** Codes of the problems that an operation may answer. */
export function problemCodes(row: ApiRow): readonly ProblemCode[] {
  const { body, problems = [], isConditional, isRepeatable } = row.operation;
  return [
    ...new Set<ProblemCode>([
      ...always,
      ...(pathOf(row).includes("{") ? (["not_found"] as const) : []),
      ...(isConditional ? (["precondition_failed"] as const) : []),
      ...(isRepeatable ? (["idempotency_key_in_use"] as const) : []),
      ...(body === null ? [] : ofBodies),
      ...problems,
    ]),
  ];
}

/** Statuses with which an operation may answer a problem. */
function problemStatuses(row: ApiRow): number[] {
  const statuses = problemCodes(row).map((code) => statusOf[code]);
  return [...new Set(statuses)].sort((a, b) => a - b);
}

function problemResponse(schema: Json): Json {
  return {
    description: prose.problem,
    headers: {
      "Retry-After": headerDocs["Retry-After"],
      "WWW-Authenticate": headerDocs["WWW-Authenticate"],
      ...referTo(limitHeaders),
    },
    content: { "application/problem+json": { schema } },
  };
}

/** The first word of a path names the tag of its operations. */
function tagOf(row: ApiRow): string {
  const [, , , word = ""] = pathOf(row).split("/");
  return /^[a-z]+(?=$|[:.])/.exec(word)?.[0] ?? "about";
}

function tagsOf(rows: readonly ApiRow[]): Json[] {
  return [...new Set(rows.map(tagOf))].map((name) => ({
    name,
    description: prose.tags[name] ?? name,
  }));
}
