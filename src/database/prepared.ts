import type { CompiledQuery, Kysely } from "kysely";
import type { Database } from "./database.ts";
import type { Schema } from "./schema.ts";

/** Stands for a value in a query that is compiled once. */
class Place {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

const places = new Proxy({}, { get: (_, name) => new Place(String(name)) });

/** A query of which only the values differ. */
export type Prepared<Values extends object, Row> = (
  db: Kysely<Schema>,
  values: Values,
) => CompiledQuery<Row>;

interface Compilable<Row> {
  compile(): CompiledQuery<Row>;
}

/**
 * Compiles a query once for each database: to build and compile one takes longer than to run it. `build` gets places
 * instead of values: it may only pass them on to the query, and each value must be one parameter.
 */
export function prepare<Values extends object, Row>(
  build: (db: Kysely<Schema>, values: Values) => Compilable<Row>,
): Prepared<Values, Row> {
  const prepared = prepareShapes<Values, Row, "">(build);
  return (db, values) => prepared(db, values, "");
}

/** The same for queries of several shapes. */
export function prepareShapes<Values extends object, Row, Shape extends string>(
  build: (db: Kysely<Schema>, values: Values, shape: Shape) => Compilable<Row>,
): (db: Kysely<Schema>, values: Values, shape: Shape) => CompiledQuery<Row> {
  const known = new WeakMap<Kysely<Schema>, Map<Shape, CompiledQuery<Row>>>();
  const compiledFor = (db: Kysely<Schema>, shape: Shape) => {
    const shapes = known.get(db) ?? new Map<Shape, CompiledQuery<Row>>();
    known.set(db, shapes);
    const compiled = shapes.get(shape) ?? build(db, places as Values, shape).compile();
    shapes.set(shape, compiled);
    return compiled;
  };
  return (db, values, shape) => {
    const compiled = compiledFor(db, shape);
    const parameters = compiled.parameters.map((parameter) =>
      parameter instanceof Place ? values[parameter.name as keyof Values] : parameter,
    );
    // Plugins that time queries by their id leave these out.
    return { ...compiled, parameters, queryId: ANY_QUERY };
  };
}

const ANY_QUERY = { queryId: "prepared" };

/** The first row of a prepared lookup; on SQLite without the detour by Kysely. */
export async function lookUp<Row>(
  { lookup, lookupNow }: Pick<Database, "lookup" | "lookupNow">,
  query: CompiledQuery<Row>,
): Promise<Row | undefined> {
  return lookupNow === null ? (await lookup.executeQuery(query)).rows[0] : lookupNow(query);
}
