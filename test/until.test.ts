import { expect, test } from "bun:test";
import { failureOf } from "./failure.ts";
import { until } from "./until.ts";

test("until returns the first truthy value", async () => {
  const values = [0, 0, 3, 4];
  expect(await until(() => values.shift(), { what: "a number" })).toBe(3);
});

test("until checks again after an error", async () => {
  let checks = 0;
  const check = async () => {
    if (++checks < 3) throw new Error("not yet");
    return checks;
  };
  expect(await until(check, { what: "the third check" })).toBe(3);
});

test("until names what it waited for when the time is up", async () => {
  const check = () => {
    throw new Error("not yet");
  };
  const failure = await failureOf(until(check, { what: "the link to expire", seconds: 0.05 }));
  expect(failure).toMatchObject({
    message: "Timed out after 0.05 s waiting for the link to expire",
    cause: { message: "not yet" },
  });
});

test("until stops waiting for a check that never ends", async () => {
  const never = () => new Promise<boolean>(() => {});
  const failure = await failureOf(until(never, { what: "an answer", seconds: 0.05 }));
  expect(failure).toMatchObject({ message: "Timed out after 0.05 s waiting for an answer" });
});
