/** @jsxImportSource #markup */
import { CopyButton } from "../ui/copy-button.tsx";
import type { Child } from "../ui/markup/markup.ts";
import { curlLine } from "./curl-line.ts";
import type { ApiDocument, DocumentedAnswer, DocumentedOperation } from "./document-types.ts";
import { ParameterTable } from "./field-table.tsx";
import { Prose } from "./prose.tsx";
import { SchemaType } from "./schema-type.tsx";
import { text } from "./text.en.ts";

export interface OperationProps {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly operation: DocumentedOperation;
  readonly schemas: ApiDocument["components"]["schemas"];
  /** Codes of the problems that it may answer, by status. */
  readonly codes: ReadonlyMap<string, readonly string[]>;
}

/** One operation: closed at first, so that the page can be looked through. */
export function OperationDetails(props: OperationProps) {
  const { path, method, operation, codes } = props;
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  return (
    <details class="mb-2">
      <summary>
        <code class="name">{`${method.toUpperCase()} ${path}`}</code> <Prose text={summary} />
      </summary>
      <div class="py-3" id={operationId}>
        <p>
          <Prose text={description} />
        </p>
        <h3 class="h6">
          {text.example} <CopyButton from={`#${operationId} code.curl`} what={text.theExample} />
        </h3>
        <pre tabindex={0}>
          <code class="curl">{curlLine(props)}</code>
        </pre>
        {parameters.length > 0 && (
          <>
            <h3 class="h6">{text.parameters}</h3>
            <ParameterTable parameters={parameters} />
          </>
        )}
        {requestBody && (
          <>
            <h3 class="h6">{text.body}</h3>
            <ul>{Object.entries(requestBody.content).map(Media)}</ul>
          </>
        )}
        <h3 class="h6">{text.answers}</h3>
        <ul>
          {Object.entries(responses).map(([status, answer]) => (
            <li>
              <strong>{status}</strong> <Answer answer={answer} codes={codes.get(status) ?? []} />
            </li>
          ))}
        </ul>
      </div>
    </details>
  );
}

function Media([type, { schema }]: [string, { schema?: object }]) {
  return (
    <li>
      <code>{type}</code>
      {schema && [": ", <SchemaType schema={schema} />]}
    </li>
  );
}

function Answer({ answer, codes }: { answer: DocumentedAnswer; codes: readonly string[] }): Child {
  if (answer.$ref !== undefined)
    return codes.map((code, n) => [n > 0 && ", ", <code>{code}</code>]);
  const media = Object.entries(answer.content ?? {});
  return [
    <Prose text={answer.description} />,
    media.map(([type, { schema }]) => [
      " ",
      schema === undefined ? <code>{type}</code> : <SchemaType schema={schema} />,
    ]),
  ];
}
