/** @jsxImportSource #markup */
import type { Child } from "../ui/markup/markup.ts";
import type { Schema } from "./document-types.ts";
import { text } from "./text.en.ts";

/** The type of a schema in a few words, with its constraints and links to objects. */
export function SchemaType({ schema }: { readonly schema: Schema }): Child {
  const { default: byDefault, minimum, maximum, maxLength } = schema;
  const limits = [
    minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER && text.types.from(minimum),
    maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && text.types.to(maximum),
    maxLength !== undefined && text.types.longest(maxLength),
    byDefault !== undefined && text.types.byDefault(JSON.stringify(byDefault)),
  ].filter((limit) => limit !== false);
  return [<Bare schema={schema} />, limits.map((limit) => `, ${limit}`)];
}

function Bare({ schema }: { readonly schema: Schema }): Child {
  const { $ref, type, items, contentSchema, additionalProperties } = schema;
  if ($ref !== undefined) return <ObjectLink name={$ref.split("/").at(-1) ?? ""} />;
  if (contentSchema !== undefined) return within(text.types.listOf, contentSchema);
  if (schema.const !== undefined) return <code>{JSON.stringify(schema.const)}</code>;
  if (schema.enum !== undefined)
    return separated(schema.enum.map((value) => <code>{JSON.stringify(value)}</code>));
  const some = schema.anyOf ?? schema.oneOf;
  if (some !== undefined) return separated(some.map((each) => <SchemaType schema={each} />));
  if (items !== undefined) return within(text.types.listOf, items);
  if (typeof additionalProperties === "object") return within(text.types.map, additionalProperties);
  if (type === undefined) return text.types.any;
  const names = typeof type === "string" ? [schema.format ?? type] : type;
  return names.join(text.types.or);
}

/** An object that has a name, where it is described. */
function ObjectLink({ name }: { readonly name: string }) {
  return <a href={`#${name}`}>{name}</a>;
}

const PLACE = "\0";

function within(words: (type: string) => string, schema: Schema): Child {
  const [before, after] = words(PLACE).split(PLACE);
  return [before, <SchemaType schema={schema} />, after];
}

function separated(children: readonly Child[]): Child {
  return children.map((child, n) => [n > 0 && text.types.or, child]);
}
