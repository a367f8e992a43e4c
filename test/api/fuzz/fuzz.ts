/** Requests of the API, right ones and their broken neighbours, made from its own OpenAPI document. */
import { Choices } from "./random.ts";
import { type JsonSchema, Sampler } from "./sample.ts";

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema?: JsonSchema }>> };
}

export interface FuzzDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

export interface FuzzRequest {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface FuzzOptions {
  readonly seed: number;
  /** Operations that are never asked for. */
  readonly without: readonly string[];
  /** Values that are likely to exist, by the name of a parameter of the path. */
  readonly known: Readonly<Record<string, readonly string[]>>;
}

const odd = ["x", "%", "a/b", "\u00fc", "0", "-1", "99999999999999999999", "..%2f", "null", " "];

const acceptable = [
  "*/*",
  "application/json",
  "application/*",
  "text/html",
  "image/png;q=0.5, */*;q=0.1",
  ";",
];
const types = [
  "application/json; charset=utf-8",
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "",
];
const etags = ['"r1"', '"r2"', "*", 'W/"r1"', "r1", '"', ""];

/** An endless list of requests. */
export class Fuzz {
  readonly choices: Choices;
  readonly #sampler: Sampler;
  readonly #options: FuzzOptions;
  readonly #operations: readonly { method: string; path: string; operation: Operation }[];

  constructor(document: FuzzDocument, options: FuzzOptions) {
    this.#options = options;
    this.choices = new Choices(options.seed);
    const { schemas } = document.components;
    this.#sampler = new Sampler(this.choices, (ref) => schemas[ref.split("/").at(-1) ?? ""] ?? {});
    this.#operations = Object.entries(document.paths).flatMap(([path, byMethod]) =>
      Object.entries(byMethod)
        .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation }))
        .filter(({ operation }) => !options.without.includes(operation.operationId)),
    );
  }

  next(): FuzzRequest {
    const { choices } = this;
    const { method, path, operation } = choices.of(this.#operations);
    this.#sampler.broken = choices.of([0, 0, 0.05, 0.3]);
    const headers: Record<string, string> = { accept: "*/*" };
    if (choices.chance(0.05)) headers.accept = choices.of(acceptable);
    const query = new URLSearchParams();
    let address = path;
    for (const parameter of operation.parameters) {
      const { name } = parameter;
      if (parameter.in === "path")
        address = address.replace(`{${name}}`, encodeURIComponent(this.#segment(name)));
      else if (parameter.in === "header" && choices.chance(0.2)) headers[name] = choices.of(etags);
      else if (parameter.in === "query" && choices.chance(parameter.required ? 0.9 : 0.3))
        for (const value of [this.#sampler.value(parameter.schema, name)].flat())
          query.append(name, typeof value === "object" ? JSON.stringify(value) : String(value));
    }
    if (choices.chance(this.#sampler.broken / 3)) query.append("unknown", "1");
    const body = this.#body(operation, headers);
    const search = query.size === 0 ? "" : `?${query}`;
    const isHead = method === "GET" && choices.chance(0.03);
    return {
      operation: operation.operationId,
      method: isHead ? "HEAD" : method,
      path: address + search,
      headers,
      body,
    };
  }

  #segment(name: string): string {
    const known = this.#options.known[name] ?? [];
    return known.length > 0 && this.choices.chance(0.8)
      ? this.choices.of(known)
      : this.choices.of(odd);
  }

  #body({ requestBody }: Operation, headers: Record<string, string>): string | undefined {
    if (requestBody === undefined) return undefined;
    const { choices } = this;
    const [type = "", media = {}] = choices.of(Object.entries(requestBody.content));
    headers["content-type"] = choices.chance(0.03)
      ? choices.of(types)
      : type.replace("*/*", "text/plain");
    if (type !== "application/json")
      return choices.of(["", "text", "PK\u0003\u0004", "z".repeat(5000)]);
    const json = JSON.stringify(this.#sampler.value(media.schema ?? {})) ?? "";
    return choices.chance(0.06) ? this.#corrupt(json) : json;
  }

  #corrupt(json: string): string {
    const { choices } = this;
    return choices.of([
      "",
      "{",
      "[]",
      "null",
      '"text"',
      json.slice(0, choices.below(json.length + 1)),
      json.replace("{", '{"title":"a","title":"b",'),
      "[".repeat(5000),
      `${'{"a":'.repeat(40)}1${"}".repeat(40)}`,
      `\ufeff${json}`,
      json.replaceAll(/\d+/g, "1e999"),
    ]);
  }
}
