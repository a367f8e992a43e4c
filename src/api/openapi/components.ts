import { isDeepStrictEqual } from "node:util";
import { z } from "zod";

type Json = Readonly<Record<string, unknown>>;

/** Collects the named schemas of a document. */
export class Components {
  readonly #schemas: Record<string, Json> = {};

  /** By name, in the order of the names. */
  get schemas(): Json {
    return Object.fromEntries(Object.entries(this.#schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /**
   * A reference to a schema, or the schema itself where it has no name.
   * @throws Error where another schema has its name
   */
  refer(schema: z.ZodType, io: "input" | "output"): Json {
    // Inside of another schema, one with a name becomes a reference.
    const { properties, $defs = {} } = z.toJSONSchema(z.object({ schema }), {
      io,
      override: simplify,
    });
    for (const [name, each] of Object.entries($defs)) this.#add(name, withoutId(relink(each)));
    return relink(properties?.schema ?? {});
  }

  #add(name: string, schema: Json): void {
    const known = this.#schemas[name];
    if (known !== undefined && !isDeepStrictEqual(known, schema))
      throw new Error(`Two schemas have the name ${name}`);
    this.#schemas[name] = schema;
  }

  /** A schema in its place. */
  inline(schema: unknown): Json {
    const { $schema: _, ...rest } = z.toJSONSchema(schema as z.ZodType, {
      io: "input",
      override: simplify,
    });
    return rest;
  }
}

/** The pattern of a date is longer than all that is said of it. */
function simplify({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
}

function withoutId({ id: _, ...schema }: Json): Json {
  return schema;
}

function relink(schema: unknown): Json {
  return JSON.parse(
    JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'),
  ) as Json;
}
