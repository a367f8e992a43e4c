/** Values of JSON schemas, and broken neighbours of these. */
import type { Choices } from "./random.ts";

export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly minItems?: number;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

export type Resolve = (ref: string) => JsonSchema;

const texts = [
  "a",
  "plain words",
  "https://example.org/path?q=1",
  "https://example.com/",
  "2026-05-01T12:00:00Z",
  "",
  " ",
  "x".repeat(300),
  "\u0000",
  "\ud83d\ude00 \u0639\u0631\u0628\u064a e\u0301",
  "\ud800",
  "../../etc/passwd",
  "<script>alert(1)</script>",
  "' or 1=1 --",
  "bob",
  "admin",
  "links:read",
  "file",
  "javascript:alert(1)",
];

const addresses = texts.slice(2, 4);

/** Any JSON: of the wrong type for most fields. */
const anything: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  9e15,
  1e300,
  "",
  "text",
  "y".repeat(20_000),
  [],
  ["a", 1],
  {},
  { a: { b: [] } },
];

/** Makes values for schemas: mostly right ones, now and then a wrong one. */
export class Sampler {
  readonly #choices: Choices;
  readonly #resolve: Resolve;
  /** How often a value is broken. */
  broken = 0;

  constructor(choices: Choices, resolve: Resolve) {
    this.#choices = choices;
    this.#resolve = resolve;
  }

  value(given: JsonSchema, name = ""): unknown {
    const schema = given.$ref === undefined ? given : this.#resolve(given.$ref);
    const { broken } = this;
    if (this.#choices.chance(broken)) return this.#choices.of(anything);
    const alternatives = schema.anyOf ?? schema.oneOf ?? schema.allOf;
    if (alternatives !== undefined) return this.value(this.#choices.of(alternatives), name);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum !== undefined) return this.#choices.of(schema.enum);
    const type =
      typeof schema.type === "string" ? schema.type : this.#choices.of(schema.type ?? ["string"]);
    return this.#ofType(type, schema, name);
  }

  #ofType(type: string, schema: JsonSchema, name: string): unknown {
    const { minimum = 0, maximum = minimum + 1000, minItems = 0, maxItems = 3 } = schema;
    switch (type) {
      case "null":
        return null;
      case "boolean":
        return this.#choices.chance(0.5);
      case "integer":
      case "number":
        return Math.floor(
          minimum + this.#choices.next() * (Math.min(maximum, minimum + 100_000) - minimum + 1),
        );
      case "array": {
        const count = Math.max(minItems, this.#choices.below(Math.min(maxItems, 3) + 1));
        return Array.from({ length: count }, () => this.value(schema.items ?? {}, name));
      }
      case "object":
        return this.#object(schema);
      default:
        return this.#text(schema, name);
    }
  }

  #text({ format }: JsonSchema, name: string): string {
    if (format === "date-time") return `20${20 + this.#choices.below(15)}-06-01T10:00:00.000Z`;
    if (/target|url/.test(name) && this.#choices.chance(0.8)) return this.#choices.of(addresses);
    if (/password/.test(name) && this.#choices.chance(0.3)) return "a long enough passphrase";
    if (/name|short_code|alias|^to$/.test(name) && this.#choices.chance(0.7))
      return `fuzz-${this.#choices.below(200)}`;
    return this.#choices.of(texts);
  }

  #object({ properties = {}, required = [] }: JsonSchema): Record<string, unknown> {
    const value: Record<string, unknown> = {};
    for (const [name, schema] of Object.entries(properties)) {
      const isWanted = required.includes(name)
        ? !this.#choices.chance(this.broken / 2)
        : this.#choices.chance(0.25);
      if (isWanted) value[name] = this.value(schema, name);
    }
    if (this.#choices.chance(this.broken / 2)) value["extra~/field"] = this.#choices.of(anything);
    return value;
  }
}
