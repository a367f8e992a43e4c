import { describe, expect, test } from "bun:test";
import { readOldTime } from "../../src/links-file/old-time.ts";

describe("a time of the Python Trunk8", () => {
  test.each([
    ["2024-12-31T23:59:59", "2024-12-31T22:59:59.000Z"],
    ["2024-12-31T23:59:59.123456", "2024-12-31T22:59:59.123Z"],
    ["2024-12-31T23:59:59,5", "2024-12-31T22:59:59.500Z"],
    ["2024-12-31T23:59", "2024-12-31T22:59:00.000Z"],
    ["2024-12-31 23", "2024-12-31T22:00:00.000Z"],
    ["2024-06-30T12:00", "2024-06-30T10:00:00.000Z"],
    ["2024-12-31", "2024-12-30T23:00:00.000Z"],
    ["20241231T235959", "2024-12-31T22:59:59.000Z"],
    ["2024-12-31T23:59:59Z", "2024-12-31T23:59:59.000Z"],
    ["2024-12-31T23:59:59+02:00", "2024-12-31T21:59:59.000Z"],
    ["0001-01-01", "0000-12-31T23:06:32.000Z"],
  ])("reads %s in its zone", (text, instant) => {
    const at = readOldTime(text, "Europe/Berlin");
    expect(at === null ? null : new Date(at).toISOString()).toBe(instant);
  });

  test.each([
    "",
    "soon",
    " 2024-12-31",
    "2024-12-31 ",
    "2024-12-31T",
    "2024-2-3",
    "2024-02-30",
    "2024-1231",
    "2024-12-31T24:00",
    "2024-12-31T23:59:60",
    "2024-12-31T23:5959",
    "2024-12-31Z",
    "0000-01-01",
    "31.12.2024",
    "2024-12-31T23:59:59 Europe/Berlin",
  ])("refuses %p, as the Python Trunk8 did", (text) => {
    expect(readOldTime(text, "Europe/Berlin")).toBeNull();
  });
});
