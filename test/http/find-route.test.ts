import { expect, test } from "bun:test";
import { findRoute } from "../../src/http/find-route.ts";

test.each([
  ["/", "home"],
  ["/add", "add"],
  ["/-/qr/a.b.svg", "qr"],
  ["/static/themes/flatly.css", "asset"],
  ["/anything", "open"],
])("routes %p to %p", (path, name) => {
  expect(findRoute(path)?.name as string).toBe(name);
});
