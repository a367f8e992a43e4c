import { expect, test } from "bun:test";
import { readUpload } from "../../src/http/upload.ts";

const MIB = 1_048_576;
const HEAD = '--cut\r\nContent-Disposition: form-data; name="file"; filename="big"\r\n\r\n';
const END = "\r\n--cut--\r\n";

/** A form with one file of so many MiB, made as it is read. */
function bodyOf(mebibytes: number): ReadableStream<Uint8Array> {
  let left = mebibytes;
  const say = (text: string) => new TextEncoder().encode(text);
  return new ReadableStream({
    start: (controller) => controller.enqueue(say(HEAD)),
    pull(controller) {
      if (left > 0) controller.enqueue(new Uint8Array(MIB).fill(left));
      else if (left === 0) controller.enqueue(say(END));
      else controller.close();
      left--;
    },
  });
}

test("an upload takes no more memory the longer it is", async () => {
  const request = new Request("http://x.example/", {
    method: "POST",
    body: bodyOf(300),
    headers: { "content-type": "multipart/form-data; boundary=cut" },
  });
  const call = { request, connection: { address: () => null, allowSilence: () => {} } };
  let size = 0;
  let most = 0;
  const before = process.memoryUsage().rss;
  await using _upload = await readUpload(call, {
    fileFields: ["file"],
    maxFileBytes: Infinity,
    async receive({ bytes }) {
      for await (const chunk of bytes) {
        size += chunk.byteLength;
        most = Math.max(most, process.memoryUsage().rss);
      }
      return { [Symbol.asyncDispose]: async () => {} };
    },
  });
  expect(size).toBe(300 * MIB);
  expect((most - before) / MIB).toBeLessThan(150);
});
