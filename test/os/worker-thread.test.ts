import { afterEach, describe, expect, test } from "bun:test";
import { ThreadError, WorkerThread } from "../../src/os/worker-thread.ts";
import { failureOf } from "../failure.ts";
import { until } from "../until.ts";
import type { FailingRequest } from "./failing-thread.ts";

const MODULE = new URL("./failing-thread.ts", import.meta.url).href;

let thread: WorkerThread<FailingRequest, FailingRequest>;

function start(opening: () => FailingRequest, module = MODULE): typeof thread {
  thread = new WorkerThread({ module, opening });
  return thread;
}

afterEach(() => thread.end(new Error("the test is over")));

test("starts with the first request and answers each", async () => {
  start(() => "open");
  expect([thread.state, thread.session]).toEqual(["idle", null]);
  const answers = ["echo", "open"] as const;
  const calls = answers.map((request) => thread.call(request));
  expect([thread.state, thread.session]).toEqual(["opening", 1]);
  expect(await Promise.all(calls)).toEqual([...answers]);
  expect(thread.state).toBe("open");
});

test("rejects a request that fails, with its code, and stays open", async () => {
  const failure = await failureOf(start(() => "open").call("refuse"));
  expect(failure).toBeInstanceOf(ThreadError);
  expect(failure).toMatchObject({ code: "EREFUSED", message: "refused" });
  expect([thread.state, thread.session]).toEqual(["open", 1]);
});

describe("rejects its requests and starts a new thread for the next one", () => {
  test.each(["crash", "end"] as const)("after the thread ended by %s", async (request) => {
    start(() => "open");
    await thread.open();
    const calls = [thread.call(request), thread.call("echo")];
    await Promise.allSettled(calls);
    await until(() => thread.state === "failed", { what: "the failed thread" });
    expect(thread.session).toBe(null);
    expect(await thread.call("echo")).toBe("echo");
    expect([thread.state, thread.session]).toEqual(["open", 2]);
  });

  test("after the opening request was refused", async () => {
    let isRefused = true;
    start(() => (isRefused ? "refuse" : "open"));
    expect(await failureOf(thread.call("echo"))).toBeInstanceOf(ThreadError);
    expect(thread.state).toBe("failed");
    isRefused = false;
    expect(await thread.call("echo")).toBe("echo");
  });

  test("after it was ended", async () => {
    const call = start(() => "open").call("echo");
    const reason = new Error("no longer needed");
    thread.end(reason);
    expect(await failureOf(call)).toBe(reason);
    expect(thread.state).toBe("idle");
    expect(await thread.call("echo")).toBe("echo");
  });
});

test("rejects requests to a module that cannot be loaded", async () => {
  start(() => "open", new URL("./missing.ts", import.meta.url).href);
  expect(await failureOf(thread.call("echo"))).toBeInstanceOf(ThreadError);
  expect(thread.state).toBe("failed");
});
