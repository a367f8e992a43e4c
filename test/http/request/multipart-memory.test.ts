import { expect, test } from "bun:test";
import { readUpload } from "../../../src/http/request/multipart.ts";
import { bodyCall } from "./body-call.ts";

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

test("an upload takes no more memory the longer it is: what was taken in is let go", async () => {
  const request = new Request("http://x.example/", {
    method: "POST",
    body: bodyOf(300),
    headers: { "content-type": "multipart/form-data; boundary=cut" },
  });
  const taken: WeakRef<ArrayBufferLike>[] = [];
  let stillHeld = Infinity;
  await using _upload = await readUpload(bodyCall(request), {
    fileFields: ["file"],
    maxFileBytes: Infinity,
    async receive({ bytes }) {
      for await (const chunk of bytes) {
        if (taken.at(-1)?.deref() !== chunk.buffer) taken.push(new WeakRef(chunk.buffer));
      }
      // A reference may live to the end of the turn in which it was asked for.
      await new Promise((resolve) => setTimeout(resolve, 1));
      Bun.gc(true);
      stillHeld = taken.filter((reference) => reference.deref() !== undefined).length;
      return { [Symbol.asyncDispose]: async () => {} };
    },
  });
  expect(taken.length).toBeGreaterThan(250);
  expect(stillHeld).toBeLessThan(50);
});
