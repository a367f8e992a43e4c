import { expect, test } from "bun:test";
import { withVisitorQuery } from "../../../src/links/options/forward-query.ts";
import type { Location } from "../../../src/links/target/location.ts";

const rows: readonly [destination: string, query: string, sentTo: string][] = [
  ["https://a.example/", "b=1", "https://a.example/?b=1"],
  ["https://a.example/x?a=1", "b=2&a2=3", "https://a.example/x?a=1&b=2&a2=3"],
  ["https://a.example/?a=1&b=2&c=3", "b=9", "https://a.example/?a=1&c=3&b=9"],
  ["https://a.example/?a=1&a=2", "a=3&a=4", "https://a.example/?a=3&a=4"],
  ["https://a.example/?utm%5Fsource=x", "utm_source=y", "https://a.example/?utm_source=y"],
  ["https://a.example/?q=a+b&x=%20", "y=%2B+", "https://a.example/?q=a+b&x=%20&y=%2B+"],
  ["https://a.example/#top", "a=1", "https://a.example/?a=1#top"],
  ["https://a.example/?#/route?a=1", "b=2", "https://a.example/?b=2#/route?a=1"],
  ["https://a.example/?a=1", "", "https://a.example/?a=1"],
  ["https://a.example/?a=1", "&&", "https://a.example/?a=1"],
  ["https://a.example/", "flag", "https://a.example/?flag"],
  ["https://a.example/", "a=1&b=2/../../etc", "https://a.example/?a=1&b=2/../../etc"],
  ["https://a.example/", "%zz=1", "https://a.example/?%25zz=1"],
  ["https://a.example/?%zz=1&b=2", "%zz=3", "https://a.example/?b=2&%25zz=3"],
  ["mailto:a@b.example", "subject=x", "mailto:a@b.example"],
  ["https://a.example/", `a=${"x".repeat(9000)}`, "https://a.example/"],
];

test.each(rows)("%s with the visitor's %p", (destination, query, sentTo) => {
  expect<string>(withVisitorQuery(destination as Location, query)).toBe(sentTo);
});
