/** Runs in a Worker thread: renders one document after the other. */
import { type Rendered, type RenderOptions, renderMarkdown } from "./render-markdown.ts";

declare const self: Worker;

export interface Order {
  readonly source: string;
  readonly options: RenderOptions;
}

/** The first says that the thread is ready. */
export type Answer =
  | { readonly is: "ready" }
  | { readonly is: "rendered"; readonly rendered: Rendered }
  | { readonly is: "failed"; readonly why: string };

/** Longest page that is made of a document, in characters: a link used often enough makes megabytes of a few words. */
const MAX_HTML = 8_000_000;

self.onmessage = ({ data }: MessageEvent<Order>) => self.postMessage(answer(data));
self.postMessage({ is: "ready" } satisfies Answer);

function answer({ source, options }: Order): Answer {
  try {
    const rendered = renderMarkdown(source, options);
    if (rendered.html.length > MAX_HTML) return { is: "failed", why: "the page is too long" };
    return { is: "rendered", rendered };
  } catch (error) {
    return { is: "failed", why: String(error) };
  }
}
