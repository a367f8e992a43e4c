/** Runs in a Worker thread: renders one document after the other. */
import { answerRequests } from "../os/worker-thread.ts";
import { type Language, useLanguage } from "../text/language.ts";
import { type Rendered, type RenderOptions, renderMarkdown } from "./render-markdown.ts";

export interface RenderRequest {
  readonly source: string;
  readonly options: RenderOptions;
  /** Of the texts that are added to the document. */
  readonly language: Language;
}

/** Maximum length of a rendered page, in characters: a reference that is used often turns a few words into megabytes. */
const MAX_HTML = 8_000_000;

answerRequests(render);

function render({ source, options, language }: RenderRequest): Rendered {
  useLanguage(language);
  const rendered = renderMarkdown(source, options);
  if (rendered.html.length > MAX_HTML) throw new Error("The rendered page is too long");
  return rendered;
}
