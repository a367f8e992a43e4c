/** What test/web/open/thumbnail.test.ts does not reach: the queue before the one that draws. */
import { expect, test } from "bun:test";
import { requireBlobPath } from "../../../src/files/blob.ts";
import { isDrawable } from "../../../src/files/media/thumbnails.ts";
import { toProblem } from "../../../src/problem.ts";
import { failureOf } from "../../failure.ts";
import { openTestApp } from "../../world.ts";

test("at most 100 requests wait, others are refused as busy, and later ones succeed", async () => {
  const { app, close } = await openTestApp();
  const missing = (at: number) =>
    app.files.thumbnails.of({
      path: requireBlobPath(`alice/assets/${at}.png`),
      size: 1,
      sha256: String(at),
      type: "image/png",
    });
  const codes = await Promise.all(
    Array.from({ length: 150 }, async (_, at) => toProblem(await failureOf(missing(at))).code),
  );
  expect(codes).toEqual([...Array(100).fill("internal"), ...Array(50).fill("busy")]);
  expect(toProblem(await failureOf(missing(1))).code).toBe("internal");
  await close();
});

test.each([
  ["image/png", 33_554_432, true],
  ["image/png", 33_554_433, false],
  ["image/svg+xml", 10, false],
  ["image/avif", 10, false],
  ["application/octet-stream", 10, false],
])("%s of %p bytes: %p", (type, size, isWorthIt) => {
  expect(isDrawable({ type, size })).toBe(isWorthIt);
});
