import { expect, test } from "bun:test";
import { listServers } from "../../../src/database/servers/server-urls.ts";

test.each([
  ["postgres://u:p@h/n", ["postgres://u:p@h/n"]],
  ["postgres:///n?host=/var/run/postgresql", ["postgres:///n?host=/var/run/postgresql"]],
  ["postgres://h/n?options=-c%20a,b", ["postgres://h/n?options=-c%20a,b"]],
  ["postgresql://a,b:5433/n", ["postgresql://a/n", "postgresql://b:5433/n"]],
  [
    "postgres://u:p,%40@a:1,[::1]:2,c/n?sslmode=require",
    [
      "postgres://u:p,%40@a:1/n?sslmode=require",
      "postgres://u:p,%40@[::1]:2/n?sslmode=require",
      "postgres://u:p,%40@c/n?sslmode=require",
    ],
  ],
])("%s names its servers", (url, servers) => {
  expect(listServers(url)).toEqual(servers);
});
