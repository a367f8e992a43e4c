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
  const isForm = type === "multipart/form-data";
  const json = isJson ? JSON.stringify(sampleOf(schema ?? {}, schemas)) : "";
  const needsKey = operation.security === undefined;
  const implied = type === undefined ? "get" : isJson || isForm ? "post" : "put";
  const parts = [
    "curl -fsS",
    method === implied ? "" : `-X ${method.toUpperCase()}`,
    `'${address}'`,
    needsKey ? text.lines.key : "",
    isJson ? text.lines.json(json.replaceAll("'", "'\\''")) : "",
    ...headersOf(operation),
    isForm ? "-F file=@FILE" : "",
    type === undefined || isJson || isForm ? "" : "-T FILE",
  ];
  return parts.filter((part) => part !== "").join(" ");
}

/** Headers that a request must have. */
function headersOf({ parameters }: DocumentedOperation): string[] {
  return parameters.flatMap(({ name, in: place, required, schema }) =>
    place === "header" && required ? [`-H '${name}: ${schema.examples?.[0] ?? ""}'`] : [],
  );
}

/** What a body of this schema needs, and the fields that show what it is for. */
function sampleOf(schema: Schema, schemas: Asked["schemas"], name = "text"): unknown {
  const { $ref, type, items, properties = {}, required = [] } = schema;
  if ($ref !== undefined) return sampleOf(schemas[$ref.split("/").at(-1) ?? ""] ?? {}, schemas);
  const first = schema.const ?? schema.enum?.[0] ?? schema.default;
  if (first !== undefined) return first;
  const some = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (some !== undefined) return sampleOf(some, schemas, name);
  if (items !== undefined) return [sampleOf(items, schemas, name)];
  const names = Object.keys(properties).filter(
    (each) => required.includes(each) || telling.has(each),
  );
  switch (typeof type === "string" ? type : type?.[0]) {
    case "object":
      return Object.fromEntries(
        names.map((each) => [each, sampleOf(properties[each] ?? {}, schemas, each)]),
      );
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "boolean":
      return true;
    default:
      return samples[name] ?? name.toUpperCase();
  }
}

/** Values of fields; others have their name in capitals, as parts of paths do. */
const samples: Readonly<Record<string, string>> = {
  target: "https://example.org/",
  toml: 'links.example.url = "https://example.org/"',
};

const telling: ReadonlySet<string> = new Set(["target", "display_name"]);
