import { setImmediate } from "node:timers/promises";
import { fileDisposition } from "./file-disposition.ts";
import type { Asked } from "./response.ts";
import { securityHeaders } from "./security-headers.ts";

interface DownloadOptions {
  readonly call: Asked;
  /** Null: it is read by a program, which names it itself. */
  readonly name: string | null;
  readonly type: string;
}

/** A response with a file that is generated while it is sent, and never cached. */
export function download(
  bytes: AsyncGenerator<Uint8Array>,
  { call: { client, settings }, name, type }: DownloadOptions,
): Response {
  const headers = new Headers(securityHeaders("json", { isHttps: client.isHttps, settings }));
  headers.set("cache-control", "no-store");
  headers.set("content-type", type);
  if (name !== null)
    headers.set("content-disposition", fileDisposition(name, "attachment", "download"));
  return new Response(streamOf(bytes), { headers });
}

/** The same of lines of CSV. */
export function downloadCsv(
  lines: AsyncGenerator<string>,
  options: Omit<DownloadOptions, "type">,
): Response {
  return downloadLines(lines, { ...options, type: "text/csv; charset=utf-8" });
}

/** The same of lines of text. */
export function downloadLines(lines: AsyncGenerator<string>, options: DownloadOptions): Response {
  return download(bytesOf(lines), options);
}

async function* bytesOf(lines: AsyncGenerator<string>): AsyncGenerator<Uint8Array> {
  for await (const piece of lines) yield Buffer.from(piece);
}

/**
 * Pulls only as much as is sent, and stops the generator when the client disconnects. A file that is in the page cache is
 * read without waiting, so that without a turn of the event loop between chunks nothing else would be answered.
 */
function streamOf(bytes: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      pull: async (controller) => {
        await setImmediate();
        const { done, value } = await bytes.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => {
        await bytes.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
