import { expect, test } from "bun:test";
import { every } from "../../src/os/every.ts";
import { until } from "../until.ts";

test("logs a failure and goes on", async () => {
  const errors: unknown[] = [];
  let calls = 0;
  const stop = every(
    1,
    async () => {
      calls++;
      throw new Error(`call ${calls}`);
    },
    { error: ({ err }) => errors.push(err) },
  );
  await until(() => errors.length >= 3, { what: "three failed calls" });
  stop();
  expect(calls).toBe(errors.length);
  expect(errors[1]).toEqual(new Error("call 2"));
});

test("begins no call before the previous one has ended", async () => {
  const release = Promise.withResolvers<void>();
  let calls = 0;
  let ticks = 0;
  const stop = every(1, () => (calls++ === 0 ? release.promise : undefined), { error() {} });
  const counting = every(1, () => ticks++, { error() {} });
  await until(() => ticks >= 5, { what: "five ticks" });
  expect(calls).toBe(1);
  release.resolve();
  await until(() => calls >= 2, { what: "a second call" });
  stop();
  counting();
});

test("stops", async () => {
  let calls = 0;
  let ticks = 0;
  const stop = every(1, () => calls++, { error() {} });
  await until(() => calls > 0, { what: "a call" });
  stop();
  const before = calls;
  const stopCounting = every(1, () => ticks++, { error() {} });
  await until(() => ticks >= 5, { what: "five ticks" });
  stopCounting();
  expect(calls).toBe(before);
});
