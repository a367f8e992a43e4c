/** What a share answers whose server restarted, or is away. */
import { expect, test } from "bun:test";
import { explained, reopened } from "../../src/files/store/folder-faults.ts";
import { failureOf } from "../failure.ts";

const failing = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));

/** Fails so often with this code, then returns how often it was called. */
function flaky(code: string, times: number): () => Promise<number> {
  let calls = 0;
  return () => (++calls > times ? Promise.resolve(calls) : failing(code));
}

test("a stale handle is opened again once", async () => {
  expect(await reopened(flaky("ESTALE", 0))).toBe(1);
  expect(await reopened(flaky("ESTALE", 1))).toBe(2);
  expect(await failureOf(reopened(flaky("ESTALE", 2)))).toMatchObject({ code: "busy" });
});

test("any other failure is not tried again", async () => {
  expect(await failureOf(reopened(flaky("EIO", 1)))).toMatchObject({ code: "busy" });
  expect(await failureOf(reopened(flaky("EMFILE", 1)))).toMatchObject({ code: "EMFILE" });
});

test.each(["EROFS", "EACCES", "ENOENT", "EIO", "ESTALE", "ENOTCONN", "ETIMEDOUT"])(
  "%s means that the storage is not available",
  async (code) => {
    expect(await failureOf(explained(failing(code)))).toMatchObject({
      code: "busy",
      retryAfterSeconds: 60,
    });
  },
);

test.each(["ENOSPC", "EDQUOT", "EFBIG"])("%s means that the disk is full", async (code) => {
  expect(await failureOf(explained(failing(code)))).toMatchObject({ code: "storage_full" });
});
