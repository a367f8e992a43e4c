/** One line a request, whatever the request holds. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AccessLog } from "../../src/telemetry/access-log.ts";
import { leaveOut } from "../left-out.ts";
import { until } from "../server/site.ts";

const AT = Date.UTC(2026, 2, 17, 12, 0, 0);
const isLinux = process.platform === "linux";
if (!isLinux) leaveOut("an access log on a full disk", "there is no /dev/full");

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-access-"));
  path = join(folder, "deep/access.log");
});
afterEach(() => rmSync(folder, { recursive: true }));

function note(log: AccessLog, url: string, headers: Record<string, string> = {}, length = "12") {
  const request = new Request(url, { headers });
  const response = new Response(null, { status: 302, headers: { "content-length": length } });
  log.note({ request, response, address: "203.0.113.7", at: AT, tookMs: 1.26 });
}

const read = () => (existsSync(path) ? readFileSync(path, "utf8") : "");

test("a line is as web servers write it, with the seconds it took at the end", async () => {
  const log = new AccessLog(path);
  note(log, "http://x.example/tokyo?a=b", {
    referer: "https://y.example/",
    "user-agent": "Agent/1",
  });
  await log.close();
  expect(read()).toBe(
    '203.0.113.7 - - [2026-03-17T12:00:00.000Z] "GET /tokyo?a=b HTTP/1.1" 302 12 "https://y.example/" "Agent/1" 0.0013\n',
  );
});

test.each([
  ["/a?apiKey=s3cret", "/a?apiKey=-"],
  ["/-/site/-~abc.s3cret/code/a.css?x=1", "/-/site/-~-/code/a.css?x=1"],
  ["/-/site/-/code/~a", "/-/site/-/code/~a"],
  ["/a?x=1&api_key=s3cret&y=2", "/a?x=1&api_key=-&y=2"],
  ["/a?apikey=s3cret&key=s3cret", "/a?apikey=-&key=-"],
  ["/a?SIGNATURE=s3cret&token=s3cret", "/a?SIGNATURE=-&token=-"],
  ["/a?signature=&monkey=1", "/a?signature=&monkey=1"],
  ["/token=1?q=key", "/token=1?q=key"],
])("a credential in a query is left out: %s", async (asked, written) => {
  const log = new AccessLog(path);
  const referer = `https://y.example${asked}`;
  note(log, `http://x.example${asked}`, { referer, "user-agent": "A" });
  await log.close();
  expect(read()).toContain(`"GET ${written} HTTP/1.1" 302 12 "https://y.example${written}" "A"`);
});

test("what is missing is a dash", async () => {
  const log = new AccessLog(path);
  const request = new Request("http://x.example/");
  log.note({ request, response: new Response(null), address: null, at: AT, tookMs: 0 });
  await log.close();
  expect(read()).toBe('- - - [2026-03-17T12:00:00.000Z] "GET / HTTP/1.1" 200 - "-" "-" 0.0000\n');
});

test.each([
  ['a"b', "a\\x22b"],
  ["a\\b", "a\\x5Cb"],
  ["a\u001b[31mb", "a\\x1B[31mb"],
  ["a\tb", "a\\x09b"],
  ["a\u007fb", "a\\x7Fb"],
  ["a\u00e9b", "a\\xE9b"],
])("an agent called %j ends no field and speaks to no terminal: %j", async (agent, written) => {
  const log = new AccessLog(path);
  const request = new Request("http://x.example/", { headers: { "user-agent": agent } });
  log.note({
    request,
    response: new Response(null),
    address: null,
    at: AT,
    tookMs: 0,
  });
  await log.close();
  expect(read()).toContain(`"${written}"`);
  expect(read().split("\n")).toHaveLength(2);
});

test("lines are in the file within a moment, in order, also many", async () => {
  const log = new AccessLog(path);
  for (let at = 0; at < 5000; at++) note(log, `http://x.example/${at}`);
  await until(() => read().split("\n").length === 5001);
  const paths = Array.from(read().matchAll(/GET \/\d+/g), ([found]) => found);
  expect(paths).toEqual(Array.from({ length: 5000 }, (_, at) => `GET /${at}`));
  await log.close();
});

test("after the file was moved away lines go to a new one, and none is lost", async () => {
  const log = new AccessLog(path);
  note(log, "http://x.example/before");
  await until(() => read().includes("/before"));
  note(log, "http://x.example/between");
  renameSync(path, `${path}.1`);
  log.reopen();
  note(log, "http://x.example/after");
  await until(() => read().includes("/after"));
  await log.close();
  const all = readFileSync(`${path}.1`, "utf8") + read();
  expect(all.match(/GET \/\w+/g)).toEqual(["GET /before", "GET /between", "GET /after"]);
});

test("a log that is not there any more, nor can be, goes on in the old file", async () => {
  const log = new AccessLog(path);
  rmSync(join(folder, "deep"), { recursive: true });
  await Bun.write(join(folder, "deep"), "a file where the folder was");
  log.reopen();
  note(log, "http://x.example/a");
  await log.close();
  expect(readFileSync(join(folder, "deep"), "utf8")).toBe("a file where the folder was");
});

test("standard output is not opened again", async () => {
  const log = new AccessLog("-");
  log.reopen();
  await log.close();
});

test("a place where no file can be is refused at the start", async () => {
  await Bun.write(join(folder, "deep"), "a file");
  expect(() => new AccessLog(path)).toThrow(`The log ${path} cannot be written.`);
});

test.skipIf(!isLinux)("a disk that is full is nobody's failure", async () => {
  const log = new AccessLog("/dev/full");
  for (let at = 0; at < 2000; at++) note(log, "http://x.example/a");
  await Bun.sleep(50);
  note(log, "http://x.example/b");
  await log.close();
});
