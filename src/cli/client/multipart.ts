import type { ApiBytes } from "./client-operations.ts";

interface FormFile {
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** A form with a file, which is read while it is sent; fields of undefined are left out. */
export function multipart(fields: object, file: FormFile): ApiBytes {
  const boundary = `trunk8-${crypto.randomUUID()}`;
  const type = `multipart/form-data; boundary=${boundary}`;
  return { type, body: new Response(partsOf(boundary, fields, file)).body };
}

async function* partsOf(
  boundary: string,
  fields: object,
  { name, bytes }: FormFile,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const part = (head: string) => {
    const header = ["content-disposition", `form-data; ${head}`].join(": ");
    return encoder.encode(`--${boundary}\r\n${header}\r\n\r\n`);
  };
  for (const [field, values] of Object.entries(fields))
    for (const value of [values].flat()) {
      if (value === undefined) continue;
      yield part(`name="${field}"`);
      yield encoder.encode(`${value}\r\n`);
    }
  yield part(`name="file"; filename="${quoted(name)}"`);
  yield* bytes;
  yield encoder.encode(`\r\n--${boundary}--\r\n`);
}

/** As browsers write a name (WHATWG HTML, multipart/form-data). */
function quoted(name: string): string {
  return name.replaceAll(/[\r\n"]/g, encodeURIComponent);
}
