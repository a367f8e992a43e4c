import type { ApiDocument, DocumentedOperation, Schema } from "./document-types.ts";
import { text } from "./text.en.ts";

interface Asked {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly operation: DocumentedOperation;
  readonly schemas: ApiDocument["components"]["schemas"];
}

/** A line for a shell that calls an operation with what it needs at least. */
export function curlLine({ origin, path, method, operation, schemas }: Asked): string {
  const address = origin + path.replaceAll(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase());
  const type = Object.keys(operation.requestBody?.content ?? {})[0];
  const schema = type === undefined ? undefined : operation.requestBody?.content[type]?.schema;
  const isJson = type === "application/json";
  const json = isJson ? JSON.stringify(sampleOf(schema ?? {}, schemas)) : "";
  const implied = type === undefined ? "get" : isJson ? "post" : "put";
  const parts = [
    "curl -fsS",
    method === implied ? "" : `-X ${method.toUpperCase()}`,
    `'${address}'`,
    text.lines.key,
    isJson ? text.lines.json(json.replaceAll("'", "'\\''")) : "",
    type === undefined || isJson ? "" : "-T FILE",
  ];
  return parts.filter((part) => part !== "").join(" ");
}

/** What a body of this schema needs; else its first field, as an example. */
function sampleOf(schema: Schema, schemas: Asked["schemas"]): unknown {
  const { $ref, type, items, properties = {}, required = [] } = schema;
  if ($ref !== undefined) return sampleOf(schemas[$ref.split("/").at(-1) ?? ""] ?? {}, schemas);
  const first = schema.const ?? schema.enum?.[0] ?? schema.default;
  if (first !== undefined) return first;
  const some = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (some !== undefined) return sampleOf(some, schemas);
  if (items !== undefined) return [sampleOf(items, schemas)];
  const names = required.length > 0 ? required : Object.keys(properties).filter(isTelling);
  const kind = typeof type === "string" ? type : type?.[0];
  switch (kind) {
    case "object":
      return Object.fromEntries(
        names.map((name) => [
          name,
          isTelling(name) ? TARGET : sampleOf(properties[name] ?? {}, schemas),
        ]),
      );
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "boolean":
      return true;
    default:
      return "...";
  }
}

const TARGET = "https://example.org/";

function isTelling(name: string): boolean {
  return name === "target";
}
