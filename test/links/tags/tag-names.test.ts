import { describe, expect, test } from "bun:test";
import { newLinkSchema } from "../../../src/links/input/link-schema.ts";
import { parseTags, splitTags } from "../../../src/links/tags/tag-names.ts";
import { text } from "../../../src/links/text.en.ts";

const many = (count: number) => Array.from({ length: count }, (_, at) => `tag ${at}`);

describe("tags as they are given", () => {
  test.each([
    ["21 tags", many(21), text.tags.tooMany(20)],
    ["a tag of 51 characters", ["x".repeat(51)], text.tags.tooLong(50)],
    ["control characters", ["a\u0000b"], text.tags.notPlain],
    ["a line end inside", ["a\nb"], text.tags.notPlain],
    ["spaces alone", ["   "], text.tags.empty],
    ["nothing visible", ["\u200b\u200d"], text.tags.empty],
    ["a comma inside", ["a,b"], text.tags.hasComma("a,b")],
  ])("refuses %s", (_, given, message) => {
    const { error } = newLinkSchema.shape.tags.safeParse(given);
    expect(error?.issues.map((issue) => issue.message)).toEqual([message]);
  });

  test.each([
    ["a text", "news"],
    ["numbers", [1, 2]],
    ["an object", { news: true }],
  ])("refuses %s in place of a list", (_, given) => {
    expect(newLinkSchema.shape.tags.safeParse(given).success).toBe(false);
  });

  test.each([
    ["20 tags beside ones that are equal", [...many(20), "TAG 3", "t\u00e4g 4"], many(20).sort()],
    ["50 characters outside of the BMP", ["\u{1f680}".repeat(50)], ["\u{1f680}".repeat(50)]],
    ["of equal ones the first", ["Caf\u00e9", "CAFE", "cafe\u0301"], ["Caf\u00e9"]],
    ["white space of any shape as one", ["a  b", "a\u00a0b"], ["a  b"]],
    ["right-to-left text", [" \u05e9\u05dc\u05d5\u05dd "], ["\u05e9\u05dc\u05d5\u05dd"]],
    ["half a character as its replacement", ["\ud83d"], ["\ufffd"]],
  ])("keeps %s", (_, given, kept) => {
    expect(parseTags(given)).toEqual(kept);
  });

  test("a line has tags between its commas, whatever is empty", () => {
    expect(splitTags(" a, b ,, ,c,")).toEqual(["a", "b", "c"]);
  });
});
