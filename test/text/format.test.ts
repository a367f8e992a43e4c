import { describe, expect, test } from "bun:test";
import { formatBytes, formatCount } from "../../src/text/format.ts";

describe("formatBytes", () => {
  test.each([
    [0, "0 bytes"],
    [1, "1 byte"],
    [1023, "1,023 bytes"],
    [1024, "1 KB"],
    [1_048_575, "1 MB"],
    [104_857_600, "100 MB"],
    [1_500_000_000, "1.4 GB"],
    [2 ** 60, "1,024 PB"],
  ])("formats %d bytes as %s", (bytes, words) => expect(formatBytes(bytes)).toBe(words));
});

test("formatCount separates thousands", () => {
  expect(formatCount(1_234_567)).toBe("1,234,567");
});
