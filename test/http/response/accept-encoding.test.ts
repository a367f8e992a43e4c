import { expect, test } from "bun:test";
import { chooseCoding } from "../../../src/http/response/accept-encoding.ts";

test.each<[accepted: string | null, coding: "br" | "gzip" | null]>([
  [null, null],
  ["", null],
  ["gzip", "gzip"],
  ["br", "br"],
  ["GZip", "gzip"],
  ["gzip, deflate, br, zstd", "br"],
  ["gzip,br", "br"],
  ["br, gzip;q=0.5", "br"],
  ["br;q=0.5, gzip", "gzip"],
  ["br;q=0.8, gzip ; q=0.9", "gzip"],
  ["br;q=0.5, gzip;q=0.5", "br"],
  ["br;Q=0.5, gzip", "gzip"],
  ["br;q=0, gzip", "gzip"],
  ["br;q=0.000, gzip;q=0.001", "gzip"],
  ["gzip;q=0", null],
  ["gzip;q=0.", null],
  ["*", "br"],
  ["*;q=0.5, gzip", "gzip"],
  ["br;q=0, *", "gzip"],
  ["gzip, *;q=0", "gzip"],
  ["*;q=0", null],
  ["identity", null],
  ["identity, gzip;q=0.5", null],
  ["identity;q=0.5, gzip", "gzip"],
  ["identity;q=0, gzip", "gzip"],
  ["deflate, zstd, compress", null],
  ["brotli", null],
  ["x-gzip-like", null],
  ["gzip;q=2", null],
  ["gzip;q=-1", null],
  ["gzip;q=0.5555", null],
  ["gzip;q", null],
  ["gzip;level=9", null],
  ["gzip;q=1;q=0", null],
  [",,gzip,", "gzip"],
  [";q=1", null],
])("of br and gzip, %p is given %p", (accepted, coding) => {
  const headers = new Headers(accepted === null ? {} : { "accept-encoding": accepted });
  expect(chooseCoding({ headers }, ["br", "gzip"])).toBe(coding);
});

test("what is not offered is never given", () => {
  const headers = new Headers({ "accept-encoding": "br, gzip, *" });
  expect(chooseCoding({ headers }, [])).toBeNull();
  expect(chooseCoding({ headers }, ["zstd"])).toBe("zstd");
});
