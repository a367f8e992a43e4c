import { describe, expect, test } from "bun:test";
import {
  problemHeaders,
  problemJson,
  statusOf,
} from "../../../src/http/response/problem-response.ts";
import { json, page, seeOther, signInRedirect } from "../../../src/http/response/response.ts";
import { invalid, Problem, type ProblemCode } from "../../../src/problem.ts";
import { plainClient, secureClient, settingsWith } from "../asked-call.ts";

const settings = settingsWith();
const request = new Request("http://x.example/");
const call = { client: plainClient, settings, request };
const secureCall = { client: secureClient, settings, request };

describe("a page is compressed", () => {
  const text = "All the same. ".repeat(1000);
  const rows: [string, string, string | null][] = [
    ["where it is asked for", "gzip, deflate, br", "gzip"],
    ["in fewer bytes where that is taken", "gzip, deflate, br, zstd", "zstd"],
    ["but not otherwise", "", null],
    ["nor where it is refused", "gzip;q=0", null],
  ];
  test.each(rows)("%s", async (_, accepted, coding) => {
    const asking = new Request("http://x.example/", { headers: { "accept-encoding": accepted } });
    const response = page(text, { call: { ...call, request: asking } });
    expect(response.headers.get("content-encoding")).toBe(coding);
    expect(response.headers.get("vary")).toBe("accept-encoding");
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(new TextDecoder().decode(expand(bytes, coding))).toBe(text);
  });

  function expand(bytes: Uint8Array<ArrayBuffer>, coding: string | null): Uint8Array {
    if (coding === "zstd") return Bun.zstdDecompressSync(bytes);
    return coding === "gzip" ? Bun.gunzipSync(bytes) : bytes;
  }

  test("unless it is as short as a packet", () => {
    const asking = new Request("http://x.example/", { headers: { "accept-encoding": "gzip" } });
    const response = page("Short.", { call: { ...call, request: asking } });
    expect(response.headers.get("content-encoding")).toBeNull();
  });
});

describe("answers", () => {
  test("a page is kept by nobody and carries its cookies", async () => {
    const headers = new Headers();
    headers.append("set-cookie", "a=1");
    headers.append("set-cookie", "b=2");
    const response = page("<!doctype html>ü", { call: secureCall, status: 422, headers });
    expect(response.status).toBe(422);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("strict-transport-security")).toBe("max-age=31536000");
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(await response.text()).toBe("<!doctype html>ü");
  });

  test("own headers cannot weaken the security headers", () => {
    const headers = new Headers({
      "content-security-policy": "default-src *",
      "cache-control": "public",
    });
    const response = page("", { call, headers });
    expect(response.headers.get("content-security-policy")).toStartWith("default-src 'none'");
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  test("JSON", async () => {
    const response = json({ shortCode: "report" }, { call, status: 201 });
    expect(response.status).toBe(201);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toEqual({ shortCode: "report" });
  });

  test("a post is followed by a 303 with every security header", () => {
    const response = seeOther("/links", { call: secureCall });
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toBe("/links");
    expect(response.headers.get("strict-transport-security")).toBe("max-age=31536000");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  test.each([
    [
      "/add?url=https://other.example/?a%3D1&title=A",
      "/add?url=https://other.example/?a%3D1&title=A",
    ],
    ["/links", "/links"],
    ["/", "/"],
    ["//other.example/", "/"],
    ["/.//other.example/", "/"],
  ])("a stranger asking for %p comes back to %p after signing in", (asked, next) => {
    const url = new URL(`http://x.example${asked}`);
    const location = signInRedirect({ ...call, url }).headers.get("location") ?? "";
    expect(location).toStartWith("/auth/login?next=");
    expect(new URL(location, url).searchParams.get("next")).toBe(next);
  });
});

describe("problems", () => {
  test("each has its status", () => {
    const expected: Record<ProblemCode, number> = {
      bad_request: 400,
      unauthenticated: 401,
      forbidden: 403,
      insufficient_scope: 403,
      recent_sign_in_required: 403,
      person_required: 403,
      not_found: 404,
      method_not_allowed: 405,
      conflict: 409,
      idempotency_key_in_use: 409,
      idempotency_key_reused: 422,
      locked: 423,
      checksum_mismatch: 460,
      precondition_failed: 412,
      not_acceptable: 406,
      timeout: 408,
      gone: 410,
      too_large: 413,
      uri_too_long: 414,
      unsupported_type: 415,
      invalid: 422,
      too_many: 429,
      not_implemented: 501,
      busy: 503,
      storage_full: 507,
      over_quota: 507,
      usage: 400,
      internal: 500,
    };
    expect(statusOf).toEqual(expected);
  });

  test("are told to programs with the refused fields, and never with the cause", async () => {
    const response = problemJson(invalid("url", "Enter an address."), { call, requestId: "r1" });
    expect(response.status).toBe(422);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toEqual({
      type: "about:blank",
      title: "Unprocessable Entity",
      status: 422,
      code: "invalid",
      detail: "Enter an address.",
      errors: { url: "Enter an address." },
      requestId: "r1",
    });
  });

  test("without fields or a request id leave both out", async () => {
    const problem = new Problem("internal", "Something went wrong.", {
      cause: new Error("secret"),
    });
    const text = await problemJson(problem, { call }).text();
    expect(JSON.parse(text)).toEqual({
      type: "about:blank",
      title: "Internal Server Error",
      status: 500,
      code: "internal",
      detail: "Something went wrong.",
    });
    expect(text).not.toContain("secret");
  });

  test.each([
    [new Problem("too_many", "Slow down.", { retryAfterSeconds: 11.2 }), { "retry-after": "12" }],
    [new Problem("busy", "Try again.", { retryAfterSeconds: 0 }), { "retry-after": "1" }],
    [new Problem("method_not_allowed", "No.", { allow: ["GET", "HEAD"] }), { allow: "GET, HEAD" }],
    [new Problem("too_large", "Too large."), { connection: "close" }],
    [new Problem("not_found", "Nothing here."), {}],
  ])("bring their headers along", (problem, headers) => {
    expect(Object.fromEntries(problemHeaders(problem))).toEqual(headers);
    expect(Object.fromEntries(problemJson(problem, { call }).headers)).toMatchObject(headers);
  });
});
