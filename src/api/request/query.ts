import { z } from "zod";
import { Problem } from "../../problem.ts";
import { text } from "../text.en.ts";
import { checked } from "./checked.ts";
import { parameterField } from "./pointer.ts";

/** Reads the parameters of a query, whose values have the types of a schema. */
export class QueryReader<Schema extends z.ZodObject> {
  readonly #schema: Schema;
  readonly #nameOf: (name: string) => string;
  readonly #types: ReadonlyMap<string, string>;

  /** @param nameOf names a parameter in problems */
  constructor(schema: Schema, nameOf = parameterField) {
    this.#schema = schema;
    this.#nameOf = nameOf;
    this.#types = new Map(Object.entries(schema.shape).map(([name, each]) => [name, typeOf(each)]));
  }

  /** @throws Problem `invalid` with a message for each refused parameter */
  read(query: URLSearchParams): z.output<Schema> {
    const given: Record<string, unknown> = {};
    for (const name of new Set(query.keys())) {
      const values = query.getAll(name);
      const type = this.#types.get(name);
      if (type !== "array" && values.length > 1) throw repeated(name, this.#nameOf(name));
      given[name] = type === "array" ? values : typed(values[0] ?? "", type);
    }
    return checked(this.#schema, given, ([name]) => this.#nameOf(String(name)));
  }
}

function typeOf(schema: unknown): string {
  const { type } = z.toJSONSchema(schema as z.ZodType, { io: "input" });
  return typeof type === "string" ? type : "string";
}

/** A text that is no value of the type stays a text, which the schema refuses. */
function typed(given: string, type: string | undefined): unknown {
  if (type === "integer" && /^-?\d{1,15}$/.test(given)) return Number(given);
  if (type === "boolean" && /^(true|false)$/.test(given)) return given === "true";
  return given;
}

function repeated(name: string, field: string): Problem {
  const message = text.query.repeated(name);
  return new Problem("invalid", message, { fields: { [field]: message } });
}
