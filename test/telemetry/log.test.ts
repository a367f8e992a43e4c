import { describe, expect, test } from "bun:test";
import { type LogOptions, writeLog } from "../../src/telemetry/log.ts";
import { harmlessLine, readableLine } from "../../src/telemetry/log-line.ts";
import { Trace } from "../../src/telemetry/trace.ts";

function openLines(manner: LogOptions = { clientAddress: "full" }) {
  const lines: string[] = [];
  return { lines, log: writeLog("debug", manner, (line) => lines.push(line)) };
}

const first = (lines: readonly string[]) => JSON.parse(lines[0] ?? "") as Record<string, unknown>;

describe("a line", () => {
  test("has the names of the Elastic Common Schema", () => {
    const { lines, log } = openLines();
    const err = new TypeError("no such thing", { cause: "a cable" });
    const request = { method: "GET", path: "/a", status: 500, address: "192.0.2.7", tookMs: 1.5 };
    log.error({ err, ...request, account: "alice", job: "sweep" }, "It broke.");
    const { "@timestamp": at, "error.stack_trace": stack, ...fields } = first(lines);
    expect(String(at)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(String(stack)).toContain("log.test.ts");
    expect(fields).toEqual({
      "log.level": "error",
      "ecs.version": "8.17.0",
      "error.type": "TypeError",
      "error.message": "no such thing",
      "trunk8.cause": "a cable",
      "http.request.method": "GET",
      "url.path": "/a",
      "http.response.status_code": 500,
      "client.address": "192.0.2.7",
      "event.duration": 1_500_000,
      "user.name": "alice",
      "trunk8.job": "sweep",
      message: "It broke.",
    });
  });

  test.each([
    ["debug", "debug"],
    ["info", "info"],
    ["warn", "warning"],
    ["error", "error"],
    ["fatal", "critical"],
  ] as const)("of %s says the level as the settings call it: %s", (method, level) => {
    const { lines, log } = openLines();
    log[method]({}, "so");
    expect(first(lines)["log.level"]).toBe(level);
  });

  test("that is written while a request is answered names it", async () => {
    const { lines, log } = openLines();
    await new Trace("abc").run(async () => {
      await Promise.resolve();
      log.info("within");
    });
    expect(first(lines)["http.request.id"]).toBe("abc");
    log.info("outside");
    expect(lines[1]).not.toContain("http.request.id");
  });

  test.each([
    ["full", "192.0.2.7"],
    ["short", "192.0.2.0"],
    ["none", undefined],
  ] as const)("with addresses %s has %p", (clientAddress, written) => {
    const { lines, log } = openLines({ clientAddress });
    log.info({ address: "192.0.2.7" }, "so");
    expect(first(lines)["client.address"]).toBe(written);
  });
});

describe("what a stranger sends", () => {
  const nasty = [
    ["line ends", "a\r\nb\nc\u2028d\u2029e\u0085f"],
    ["a terminal's commands", "\u001b[31mred\u001b]0;title\u0007\u009b2J\u007f"],
    ["NUL", "a\0b"],
    ["text that turns around", "exe.\u202egpj\u2066x\u2069"],
    ["half a character", "\ud800"],
    ["quotes", '","log.level":"error'],
    ["ten kilobytes of it all", "\r\n\u001b[2J\0\u202e".repeat(1250)],
  ] as const;

  test.each(nasty)("stays in its field, on one line: %s", (_, text) => {
    const { lines, log } = openLines();
    log.warn({ path: text, account: text, err: new Error(text) }, text);
    const line = harmlessLine(lines[0] ?? "");
    expect(line.split(/[\n\r\u2028\u2029\u0085]/)).toEqual([line.slice(0, -1), ""]);
    expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
    expect(JSON.parse(line)).toEqual(first(lines));
  });

  test.each(nasty)("does nothing to a terminal: %s", (_, text) => {
    const { lines, log } = openLines();
    log.warn({ path: text, account: text, err: new Error(text) }, text);
    for (const shown of readableLine(lines[0] ?? "").split("\n"))
      expect(shown).not.toMatch(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/u);
  });

  test("is cut where it is too long for log drivers, and its length is told", () => {
    const { lines, log } = openLines();
    log.warn({ path: "x".repeat(10_240) }, "so");
    expect(first(lines)["url.path"]).toBe(`${"x".repeat(4000)}... (10240 characters)`);
  });
});

test("a line has the name of the node, which people at its terminal know", () => {
  const { lines, log } = openLines({ clientAddress: "full", node: "web-1" });
  log.warn("Mind the gap.");
  expect(first(lines)["service.node.name"]).toBe("web-1");
  expect(readableLine(lines[0] ?? "")).not.toContain("web-1");
});

test("at a terminal a line begins with the time, the level and the message", () => {
  const { lines, log } = openLines();
  log.warn({ address: "192.0.2.7" }, "Mind the gap.");
  expect(readableLine(lines[0] ?? "")).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} WARNING {2}Mind the gap\. client\.address="192\.0\.2\.7"\n$/,
  );
});
