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
  ["gzip;q=2", "gzip"],
  ["gzip;q=-1", null],
  ["gzip;q=0.5555", "gzip"],
  ["gzip;q", "gzip"],
  ["gzip;level=9", "gzip"],
  ["gzip;q=1;q=0", null],
  [",,gzip,", "gzip"],
  [";q=1", null],
])("chooses of br and gzip for Accept-Encoding %p: %p", (accepted, coding) => {
  const headers = new Headers(accepted === null ? {} : { "accept-encoding": accepted });
  expect(chooseCoding({ headers }, ["br", "gzip"])).toBe(coding);
});

test("chooses nothing that is not offered", () => {
  const headers = new Headers({ "accept-encoding": "br, gzip, *" });
  expect(chooseCoding({ headers }, [])).toBeNull();
  expect(chooseCoding({ headers }, ["zstd"])).toBe("zstd");
});
