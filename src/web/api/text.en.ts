import { catalogue } from "../../text/catalogue.ts";

/** Texts of the page of the API. What it says of operations and fields is that of the OpenAPI document. */
export const text = catalogue({
  title: "API",
  explanation:
    "Programs use {base} with JSON. The examples need an API key in TRUNK8_KEY: create one under {keys}. Replace the words in capitals. Generators and HTTP clients read the {document}.",
  keys: "API keys",
  document: "OpenAPI document",
  setKey: "Set the key in a shell without it being shown or kept in its history:",
  objects: "Objects",
  objectsHelp: "What requests and answers contain.",
  lines: {
    setKey: "read -rs TRUNK8_KEY; export TRUNK8_KEY",
    key: '-H "Authorization: Bearer $TRUNK8_KEY"',
    json: (body: string) => `-H "Content-Type: application/json" -d '${body}'`,
  },
  example: "Example",
  theExample: "the example",
  parameters: "Parameters",
  body: "Body",
  fields: "Fields",
  answers: "Answers",
  columns: { name: "Name", type: "Type", about: "Description", status: "Status" },
  places: { path: "in the path", query: "in the query", header: "header" },
  required: "required",
  requiredIn: (place: string) => `${place}, required`,
  types: {
    any: "anything",
    listOf: (type: string) => `list of ${type}`,
    map: (type: string) => `object of ${type}`,
    or: " or ",
    from: (least: number) => `from ${least}`,
    to: (most: number) => `up to ${most}`,
    longest: (characters: number) => `up to ${characters} characters`,
    byDefault: (value: string) => `default ${value}`,
  },
});
