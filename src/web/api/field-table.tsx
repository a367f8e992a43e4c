/** @jsxImportSource #markup */
import { Table } from "../ui/table.tsx";
import type { Parameter, Schema } from "./document-types.ts";
import { Prose } from "./prose.tsx";
import { SchemaType } from "./schema-type.tsx";
import { text } from "./text.en.ts";

interface Row {
  readonly name: string;
  readonly schema: Schema;
  /** What is said beside its type. */
  readonly remark: string;
  readonly description: string | undefined;
}

/** The fields of an object; those of an object in it have names such as `limits.file_bytes`. */
export function FieldTable({ caption, schema }: { readonly caption: string; schema: Schema }) {
  return <Rows caption={caption} rows={fieldsOf(schema, "")} />;
}

export function ParameterTable({ parameters }: { readonly parameters: readonly Parameter[] }) {
  const rows = parameters.map((parameter) => ({
    name: parameter.name,
    schema: parameter.schema,
    remark:
      parameter.in === "query" && parameter.required
        ? text.requiredIn(text.places.query)
        : text.places[parameter.in],
    description: parameter.description,
  }));
  return <Rows caption={text.parameters} rows={rows} />;
}

function Rows({ caption, rows }: { readonly caption: string; readonly rows: readonly Row[] }) {
  return (
    <Table
      caption={caption}
      columns={[
        { heading: text.columns.name, cell: ({ name }: Row) => <code>{name}</code> },
        {
          heading: text.columns.type,
          cell: ({ schema, remark }: Row) => [
            <SchemaType schema={schema} />,
            remark !== "" && `, ${remark}`,
          ],
        },
        {
          heading: text.columns.about,
          cell: ({ description }: Row) => <Prose text={description} />,
        },
      ]}
      rows={rows}
    />
  );
}

function fieldsOf({ properties = {}, required = [] }: Schema, prefix: string): Row[] {
  return Object.entries(properties).flatMap(([field, schema]) => {
    const name = prefix + field;
    const remark = required.includes(field) ? text.required : "";
    const row = { name, schema, remark, description: schema.description };
    return [row, ...fieldsOf(schema, `${name}.`)];
  });
}
