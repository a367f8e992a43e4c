/** @jsxImportSource #markup */
import type { Reference as Described } from "../../api/openapi/reference.ts";
import type { Call, Handler } from "../../http/call.ts";
import { API } from "../../http/urls/api-prefix.ts";
import { href } from "../../http/urls.ts";
import { currentLanguage } from "../../text/language.ts";
import { fillText } from "../ui/fill-text.tsx";
import { PageHead, show } from "../ui/layout/layout.tsx";
import type { Child } from "../ui/markup/markup.ts";
import { Section } from "../ui/section.tsx";
import type { ApiDocument } from "./document-types.ts";
import { FieldTable } from "./field-table.tsx";
import { OperationDetails } from "./operation-details.tsx";
import { Prose } from "./prose.tsx";
import { text } from "./text.en.ts";

/** Handles `/-/api`: the OpenAPI document for people. It is the same for all callers at one origin, and kept for the last. */
export function apiPage(describe: () => Described): Handler {
  let made: { readonly key: string; readonly content: Child } | null = null;
  return async (call) => {
    const { origin } = call.client;
    const key = `${currentLanguage()} ${origin}`;
    if (made?.key !== key)
      made = { key, content: <Reference origin={origin} described={describe()} /> };
    return await showPage(call, made.content);
  };
}

async function showPage(call: Call, reference: Child): Promise<Response> {
  return await show(
    call,
    { title: text.title, scripts: ["site.js"] },
    <>
      <PageHead title={text.title} />
      <p>
        {fillText(text.explanation, {
          base: <code>{call.client.origin + API}</code>,
          keys: <a href={href("keys")}>{text.keys}</a>,
          document: <a href={href("apiDocument")}>{text.document}</a>,
        })}
      </p>
      <p class="mb-1">{text.setKey}</p>
      <pre tabindex={0}>
        <code>{text.lines.setKey}</code>
      </pre>
      <div lang="en" dir="ltr">
        {reference}
      </div>
    </>,
  );
}

function Reference({ origin, described }: { origin: string; described: Described }) {
  const { tags, paths, components } = described.document as ApiDocument;
  const { schemas } = components;
  const operations = Object.entries(paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, operation]) => {
      const codes = described.codes.get(operation.operationId) ?? new Map();
      return { origin, path, method, operation, schemas, codes };
    }),
  );
  return (
    <>
      {tags.map(({ name, description }) => (
        <Section title={description.replace(/\.$/, "")}>
          {operations
            .filter(({ operation }) => operation.tags.includes(name))
            .map((each) => (
              <OperationDetails {...each} />
            ))}
        </Section>
      ))}
      <Section title={text.objects}>
        <p>{text.objectsHelp}</p>
        {Object.entries(schemas).map(([name, schema]) => (
          <details class="mb-2">
            <summary>
              <code>{name}</code> <Prose text={schema.description} />
            </summary>
            <div class="py-3" id={name}>
              <FieldTable caption={text.fields} schema={schema} />
            </div>
          </details>
        ))}
      </Section>
    </>
  );
}
