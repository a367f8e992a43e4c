import { expect, test } from "bun:test";
import { sharedValues } from "../../../../src/web/links/share/shared-values.ts";

test.each([
  ["Look: https://example.com/a?b=c.", {}, "https://example.com/a?b=c", "Look:"],
  ["(https://example.com/a)", { title: "T" }, "https://example.com/a", "T"],
  ["HTTPS://example.com/\u00fc", {}, "HTTPS://example.com/\u00fc", ""],
  ["some words", { url: "https://example.com/u" }, "https://example.com/u", "some words"],
  ["https://example.com/t", { url: "https://example.com/u" }, "https://example.com/u", ""],
])("%p is an address to shorten", (shared, given, url, title) => {
  expect(sharedValues(given, shared)).toEqual({ ...given, url, title });
});

test.each(["Milk\nand bread", "ftp://example.com/", "javascript:alert(1)"])(
  "%p is a text",
  (shared) => {
    expect(sharedValues({ title: "T" }, shared)).toEqual({
      title: "T",
      link_type: "markdown",
      markdown_input_type: "text",
      markdown_text_content: shared,
    });
  },
);

test("a long title is cut, between characters", () => {
  const { title = "" } = sharedValues({ title: "🐟".repeat(1000), url: "https://a.example/" }, "");
  expect([...title].length).toBeLessThan(1000);
  expect(title.isWellFormed()).toBe(true);
});
