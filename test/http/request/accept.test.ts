import { expect, test } from "bun:test";
import { prefersJson } from "../../../src/http/request/accept.ts";

test.each([
  [null, false],
  ["", false],
  ["*/*", false],
  ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false],
  ["application/json", true],
  ["Application/JSON", true],
  ["application/problem+json", true],
  ["application/*", true],
  ["application/json, text/plain, */*", true],
  ["application/json;q=0.5, */*;q=0.1", true],
  ["application/json;charset=utf-8;q=0.9, text/html;q=0.8", true],
  ["text/html, application/json", false],
  ["application/json, text/html", false],
  ["text/html;q=0.8, application/json;q=0.9", true],
  ["text/html;q=0.9, application/json;q=0.8", false],
  ["text/html;q=0.9, application/problem+json;q=1.0", true],
  ["text/*, application/json", true],
  ["text/*;q=0.5, application/*;q=0.4", false],
  ["application/json;q=0", false],
  ["text/html;q=0, */*", true],
  ["application/json;q=0, application/*", true],
  ["application/json;q=0, application/problem+json;q=0, application/*", false],
  ["application/json;q=2, text/html", false],
  ["application/json;q=-1", false],
  ["application/json;q=x, text/html", false],
  ["application/json; Q=0.9 , text/html;q=0.1", true],
  ["application/jsonx", false],
  [",,;;q=,", false],
])("prefers JSON by the Accept header %p: %p", (accept, expected) => {
  const headers = new Headers(accept === null ? {} : { accept });
  expect(prefersJson({ headers })).toBe(expected);
});
