/** Checks answers against an OpenAPI document with ajv, which knows nothing of zod. */
import Ajv2020, { type ValidateFunction } from "ajv/dist/2020.js";

interface Schema {
  readonly $ref?: string;
}

interface Media {
  readonly schema?: Schema;
}

interface AnswerDoc {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, Media>>;
  readonly headers?: Readonly<Record<string, unknown>>;
}

interface OperationDoc {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, AnswerDoc>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationDoc>>>>;
  readonly components: { readonly responses: Readonly<Record<string, AnswerDoc>> };
}

interface Got {
  readonly method: string;
  readonly path: string;
  readonly response: { readonly status: number; readonly headers: Pick<Headers, "get" | "has"> };
  readonly body: unknown;
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Statuses of what no operation answers: no such URL, method or address. */
const OUTSIDE = [404, 405, 414, 501];

/** Headers of answers where there is something to say. */
const SOMETIMES = ["Link", "RateLimit", "RateLimit-Policy", "Idempotency-Replayed"];

export class DocumentCheck {
  readonly #document: Document;
  readonly #ajv = new Ajv2020({ strict: false, formats: { "date-time": RFC_3339 } });
  readonly #known = new Map<string, ValidateFunction>();
  /** Statuses that were seen, by operation. */
  readonly seen = new Set<string>();

  constructor(document: Document) {
    this.#document = document;
    this.#ajv.addSchema({ ...document, $id: "document" });
  }

  /** @param document as it is served */
  static of(document: unknown): DocumentCheck {
    return new DocumentCheck(document as Document);
  }

  /** @throws Error where the document lacks the answer, or says something else of it */
  require({ method, path, response, body }: Got): void {
    const type = response.headers.get("content-type")?.split(";", 1)[0] ?? null;
    const { status } = response;
    if (status >= 400 && status !== 416) requireProblem(status, type, body);
    const found = this.#find(method, path);
    if (found === null) {
      if (OUTSIDE.includes(status) || method === "OPTIONS") return;
      throw new Error(`${method} ${path} is not in the document, and answered ${status}`);
    }
    const name = `${found.operationId} ${status}`;
    if (OUTSIDE.includes(status) && found.responses[status] === undefined && status !== 404) return;
    const answer = this.#answer(found.responses[status]);
    if (answer === null) throw new Error(`The document has no ${name}`);
    this.seen.add(name);
    for (const header of Object.keys(answer.headers ?? {}))
      if (status < 400 && !SOMETIMES.includes(header) && !response.headers.has(header))
        throw new Error(`${name} has no ${header}`);
    const types = Object.keys(answer.content ?? {});
    if (types.length === 0) {
      if (body !== null) throw new Error(`${name} has a body`);
      return;
    }
    if (type === null || !(types.includes(type) || types.includes("*/*")))
      throw new Error(`${name} is ${type}`);
    const pointer = `document${this.#pointer(found.responses[status], type, method, path, status)}`;
    if (method === "HEAD" || !/[/+]json$/.test(type)) return;
    const validate = this.#validator(pointer);
    if (!validate(body))
      throw new Error(
        `${name}: ${this.#ajv.errorsText(validate.errors)} in ${JSON.stringify(body)}`,
      );
  }

  #find(method: string, path: string): OperationDoc | null {
    const { pathname } = new URL(path, "http://x");
    const key = (method === "HEAD" ? "GET" : method).toLowerCase();
    return this.#pathFor(pathname)?.[1][key] ?? null;
  }

  #pathFor(pathname: string) {
    const entries = Object.entries(this.#document.paths);
    const exact = entries.find(([path]) => path === pathname);
    return exact ?? entries.find(([path]) => patternOf(path).test(pathname)) ?? null;
  }

  #answer(given: AnswerDoc | undefined): AnswerDoc | null {
    if (given === undefined) return null;
    const name = given.$ref?.split("/").at(-1);
    return name === undefined ? given : (this.#document.components.responses[name] ?? null);
  }

  #pointer(
    given: AnswerDoc | undefined,
    type: string,
    method: string,
    path: string,
    status: number,
  ) {
    const media = `content/${encodeStep(type)}/schema`;
    if (given?.$ref !== undefined) return `${given.$ref}/${media}`;
    const [pattern = ""] = this.#pathFor(new URL(path, "http://x").pathname) ?? [];
    const key = (method === "HEAD" ? "GET" : method).toLowerCase();
    return `#/paths/${encodeStep(pattern)}/${key}/responses/${status}/${media}`;
  }

  #validator(pointer: string): ValidateFunction {
    const known = this.#known.get(pointer) ?? this.#ajv.compile({ $ref: pointer });
    this.#known.set(pointer, known);
    return known;
  }
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/[.:]/g, "\\$&").replaceAll(/\{\w+\}/g, "[^/]+")}$`);
}

function encodeStep(step: string): string {
  return encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1"));
}

function requireProblem(status: number, type: string | null, body: unknown): void {
  if (type !== "application/problem+json") throw new Error(`${status} is ${type}`);
  if (body !== null && (body as { status?: unknown }).status !== status)
    throw new Error(`${status} says another status`);
  if (/\n {4}at |\/src\/|node_modules/.test(JSON.stringify(body)))
    throw new Error(`${status} shows code`);
}
