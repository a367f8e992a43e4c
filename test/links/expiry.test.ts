import { describe, expect, test } from "bun:test";
import { formatLocal, parseExpiry, parseTime } from "../../src/links/expiry.ts";
import { text } from "../../src/links/text.en.ts";

const now = Date.UTC(2026, 2, 17, 12);
const parse = (text: string, zone = "UTC") => parseExpiry(text, "expires_in", { now, zone });
const iso = (at: number) => new Date(at).toISOString();

describe("an expiry", () => {
  test.each([
    ["30m", "2026-03-17T12:30:00.000Z"],
    ["2h", "2026-03-17T14:00:00.000Z"],
    ["7d", "2026-03-24T12:00:00.000Z"],
    [" 2 W ", "2026-03-31T12:00:00.000Z"],
    ["2026-03-18", "2026-03-18T00:00:00.000Z"],
    ["2026-03-18T09:30", "2026-03-18T09:30:00.000Z"],
    ["2026-03-18 09:30:15", "2026-03-18T09:30:15.000Z"],
    ["2026-03-18T09:30:15.25", "2026-03-18T09:30:15.250Z"],
    ["2026-03-18T09:30+02:00", "2026-03-18T07:30:00.000Z"],
    ["2026-03-18T09:30:00Z", "2026-03-18T09:30:00.000Z"],
    ["9999-12-31T23:59", "9999-12-31T23:59:00.000Z"],
  ])("may be %p: %p", (text, expected) => {
    expect(iso(parse(text))).toBe(expected);
  });

  test.each([
    ["2026-07-01T09:00", "Europe/Berlin", "2026-07-01T07:00:00.000Z"],
    ["2026-12-01T09:00", "Europe/Berlin", "2026-12-01T08:00:00.000Z"],
    ["2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30:00.000Z"], // the hour that summer time skips
    ["2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z"], // the hour that comes twice: the first
    ["2026-07-01T09:00", "America/New_York", "2026-07-01T13:00:00.000Z"],
    ["2026-07-01T09:00", "Asia/Kathmandu", "2026-07-01T03:15:00.000Z"],
  ])("without a zone is read in the reader's: %p in %p is %p", (text, zone, expected) => {
    expect(iso(parse(text, zone))).toBe(expected);
  });

  test.each([
    ["", text.expiry.unreadable],
    ["soon", text.expiry.unreadable],
    ["-2h", text.expiry.unreadable],
    ["1.5h", text.expiry.unreadable],
    ["NaN", text.expiry.unreadable],
    ["1e308", text.expiry.unreadable],
    ["2026-02-30", text.expiry.unreadable],
    ["2026-13-01T00:00", text.expiry.unreadable],
    ["2026-03-18T25:00", text.expiry.unreadable],
    ["9999999d", text.expiry.unreadable],
    ["0h", text.expiry.inThePast],
    ["2026-03-17T11:59", text.expiry.inThePast],
    ["1970-01-01", text.expiry.inThePast],
    ["10000-01-01T00:00Z", text.expiry.unreadable],
    ["+010000-01-01T00:00Z", text.expiry.tooLate],
    ["999999w", text.expiry.tooLate],
  ])("may not be %p: %p", (given, message) => {
    expect(() => parse(given)).toThrow(message);
  });
});

test("a start before the first date there is is refused", () => {
  const context = { now, zone: "UTC" };
  expect(iso(parseTime(-8.64e15, "starts_at", context))).toStartWith("-271821-04-20");
  expect(() => parseTime(-8.64e15 - 1, "starts_at", context)).toThrow(text.expiry.unreadable);
});

test("an expiry in a form is shown in the reader's zone, with seconds only where there are any", () => {
  expect(formatLocal(Date.UTC(2026, 6, 1, 7), "Europe/Berlin")).toBe("2026-07-01T09:00");
  expect(formatLocal(Date.UTC(2026, 6, 1, 7, 0, 5), "Europe/Berlin")).toBe("2026-07-01T09:00:05");
});
