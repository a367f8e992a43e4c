import { expect, test } from "bun:test";
import { findRoute } from "../../src/http/find-route.ts";

test.each([
  ["/", "home"],
  ["/add", "add"],
  ["/-/qr/a.b.svg", "qr"],
  ["/static/themes/flatly.css", "asset"],
  ["/anything", "open"],
  ["/put/a.txt", "part"],
])("routes %p to %p", (path, name) => {
  expect(findRoute(path)?.name as string).toBe(name);
});

test.each([
  ["POST", "/", "sendFiles"],
  ["PUT", "/a.txt", "putFile"],
  ["PUT", "/put/a.txt", "putFileThere"],
  ["PUT", "/upload/a.txt", "uploadFileThere"],
  ["PUT", "/links", "links"],
  ["PUT", "/collection/a.txt", "part"],
])("routes %s %p to %p", (method, path, name) => {
  expect(findRoute(path, method)?.name as string).toBe(name);
});
