/** What comes of every bad upload, on a real socket. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { text as files } from "../../../../src/files/text.en.ts";
import { operator } from "../../../../src/policy.ts";
import { formatBytes } from "../../../../src/text/format.ts";
import { until } from "../../../until.ts";
import { as, PASSWORD } from "../../../world.ts";
import { type FileSite, file, formOf, MEGABYTE, openFileSite, told } from "../../file-site.ts";
import { readPage } from "../../read-page.ts";

const TYPE = "multipart/form-data; boundary=cut";

let site: FileSite;

beforeAll(async () => {
  site = await openFileSite();
});
afterAll(() => site.close());

/** Whatever came of an upload, nothing half is left. */
afterEach(() => {
  expect(site.halves()).toEqual([]);
});

/** A part of a body, written as no well-behaved client would. */
function part(disposition: string, body = "hello"): string {
  return `--cut\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${body}\r\n`;
}

const named = (name: string) => part(`name="file"; filename="${name}"`);

describe("the name of a file", () => {
  test.each([
    ["../../x", "x"],
    ["..%2f", "%2f"],
    ["\\\\..\\\\", "file"],
    ["C:\\\\folder\\\\x.txt", "x.txt"],
    ["CON", "CON"],
    [`${"n".repeat(4096)}.txt`, `${"n".repeat(251)}.txt`],
    ["evil\u202etxt.exe", "eviltxt.exe"],
    ["\u{1f600}.png", "\u{1f600}.png"],
    ["a%22b'c.txt", "a\"b'c.txt"],
    ["a%0D%0AX-Header: 1.txt", "a%0D%0AX-Header: 1.txt"],
    [".", "file"],
    [".htaccess", "htaccess"],
    ["<b>.html", "<b>.html"],
  ])("%p is kept as %p", async (sent, kept) => {
    const response = await site.post("/add", `${named(sent)}--cut--\r\n`, { type: TYPE });
    const { shortCode } = await told(response);
    const { content } = await site.stored(shortCode);
    expect(content?.name).toBe(kept);
    expect(content?.path).toMatch(/^alice\/assets\/[0-9a-f-]{36}(\.[a-z0-9]{1,10})?$/);
    expect(await site.open(shortCode)).toBe("hello");
  });
});

describe("bytes that are not what their name says", () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';

  test.each([
    ["empty.txt", "", "text/plain; charset=utf-8"],
    ["empty.png", "", "application/octet-stream"],
    ["page.png", "<!DOCTYPE html><script>alert(1)</script>", "application/octet-stream"],
    ["polyglot.gif", "GIF89a=1;alert(1)", "image/gif"],
    ["polyglot.js", "GIF89a=1;alert(1)", "image/gif"],
    ["script.svg", svg, "image/svg+xml"],
    ["page.html", "<script>alert(1)</script>", "application/octet-stream"],
  ])("%s is sent as a harmless type, and run by no browser", async (name, content, type) => {
    const fields = { file: file(name, content), inline: "on" };
    const { shortCode } = await told(await site.post("/add", formOf(fields)));
    const response = await fetch(`${site.origin}/${shortCode}`);
    expect(response.headers.get("content-type")).toBe(type);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("content-security-policy")).toContain("sandbox");
    expect(await response.text()).toBe(content);
    const isShown = response.headers.get("content-disposition")?.startsWith("inline");
    expect(isShown).toBe(["text/plain; charset=utf-8", "image/gif"].includes(type));
  });
});

/** Sends bytes as they are; gives what comes back with the first of it, or "" when the server hangs up. */
async function speak(bytes: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(site.port, "127.0.0.1", () => socket.write(bytes));
  socket.on("data", (data) => resolve(data.toString()));
  socket.on("error", () => resolve(""));
  socket.on("close", () => resolve(""));
  const answer = await promise;
  socket.destroy();
  return answer;
}

const statusIn = (answer: string) => Number(answer.split(" ")[1] ?? 0);

/** The head of a post to /add; `length` bytes are announced, or none for chunks. */
function headOf(
  length: number | null,
  more: readonly string[] = [`Cookie: ${site.cookie}`],
): string {
  const framing = length === null ? "Transfer-Encoding: chunked" : `Content-Length: ${length}`;
  const lines = ["POST /add HTTP/1.1", "Host: x.example", `Content-Type: ${TYPE}`, framing];
  return `${[...lines, "Accept: application/json", ...more].join("\r\n")}\r\n\r\n`;
}

const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const GIGABYTES = 10 * 1024 ** 3;
const BEGUN = `--cut\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n`;

describe("a body that is none", () => {
  const plain = (body: string, type = TYPE) => site.post("/add", body, { type });

  test.each([
    ["no boundary named", named("a.txt"), "multipart/form-data", 400],
    ["another boundary", `${named("a.txt")}--cut--\r\n`, "multipart/form-data; boundary=x", 400],
    ["no end", named("a.txt"), TYPE, 400],
    ["10,000 parts", `${part('name="a"', "1").repeat(10_000)}--cut--\r\n`, TYPE, 400],
    [
      "a file in a field that takes none",
      `${part('name="a"; filename="x"')}--cut--\r\n`,
      TYPE,
      400,
    ],
    ["a NUL in the name", `${named("a\0b.txt")}--cut--\r\n`, TYPE, 400],
    ["a line break in the name", `${named("a\r\nb.txt")}--cut--\r\n`, TYPE, 400],
    ["another type", "{}", "application/xml", 415],
    ["JSON that is none", "{", "application/json", 400],
  ])("%s", async (_, body, type, status) => {
    expect((await plain(body, type)).status).toBe(status);
  });

  test("the field twice", async () => {
    const before = await totalOf();
    const body = `${named("one.txt")}${named("two.txt")}--cut--\r\n`;
    expect((await plain(body)).status).toBe(422);
    expect([site.halves(), await totalOf()]).toEqual([[], before]);
  });

  test.each([
    ["of a length", () => headOf(100_000) + BEGUN + "x".repeat(50_000)],
    ["in chunks", () => headOf(null) + chunk(BEGUN + "x".repeat(50_000))],
  ])("cut half-way, %s: nothing is made of it", async (_, half) => {
    const before = await totalOf();
    const socket = connect(site.port, "127.0.0.1", () => socket.write(half()));
    await until(() => site.halves().length === 1, { what: "an unfinished upload" });
    socket.destroy();
    await until(() => site.halves().length === 0, { what: "its deletion" });
    expect(await totalOf()).toBe(before);
  });
});

async function totalOf(): Promise<number> {
  const query = { ownerId: site.world.people.alice.id, limit: 1 };
  return (await site.world.app.links.list(as(site.world.people.alice), query)).total;
}

describe("a body that is too large", () => {
  test("is refused at once where it says so, and the connection ends", async () => {
    const answer = await speak(headOf(GIGABYTES) + BEGUN);
    expect(statusIn(answer)).toBe(413);
    expect(answer.toLowerCase()).toContain("connection: close");
    expect(answer).toContain('"code":"too_large"');
  });

  test("is refused at the limit where it does not", async () => {
    const answer = await speak(headOf(null) + chunk(BEGUN + "x".repeat(MEGABYTE + 65_536)));
    expect(statusIn(answer)).toBe(413);
    expect(answer.toLowerCase()).toContain("connection: close");
  });

  test("is answered as a page in a browser, with the limit", async () => {
    const fields = formOf({ file: file("a.zip", new Uint8Array(MEGABYTE + 1)) });
    const page = await site.post("/add", fields, { accept: "text/html" });
    expect(page.status).toBe(413);
    expect((await readPage(page)).text).toContain(files.tooLarge(formatBytes(MEGABYTE)));
  });
});

describe("who may not send is told before anything is read", () => {
  test.each([
    ["a stranger", 401, () => []],
    ["another site", 403, () => [`Cookie: ${site.cookie}`, "Sec-Fetch-Site: cross-site"]],
  ] as const)("%s", async (_, status, headers) => {
    expect(statusIn(await speak(headOf(GIGABYTES, headers()) + BEGUN))).toBe(status);
  });
});

describe("a quota", () => {
  test("lets in exactly as many of 50 parallel uploads as fit, and tells the others", async () => {
    const user = await site.world.app.accounts.users.create(operator, {
      username: "fifty",
      password: PASSWORD,
    });
    await site.world.app.files.blobs.setQuota(operator, user.id, 7500);
    const cookie = await site.world.signIn(user);
    const sending = Array.from({ length: 50 }, (_, n) =>
      site.post("/add", formOf({ file: file(`${n}.txt`, String(n).padEnd(1000)) }), { cookie }),
    );
    const answers = await Promise.all(sending);
    const refused = answers.filter(({ status }) => status === 507);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(7);
    expect(refused).toHaveLength(43);
    const rest = files.quotaExceeded(formatBytes(500));
    for (const answer of refused) {
      expect(await answer.json()).toMatchObject({ code: "over_quota", detail: rest });
    }
    expect((await site.world.app.files.blobs.usageOf(user.id)).bytes).toBe(7000);
  }, 60_000);

  test("that is full shows the form again, filled in", async () => {
    const user = await site.world.app.accounts.users.create(operator, {
      username: "full",
      password: PASSWORD,
    });
    await site.world.app.files.blobs.setQuota(operator, user.id, 5);
    const cookie = await site.world.signIn(user);
    await site.post("/add", formOf({ file: file("a.txt") }), { cookie });
    const fields = { link_type: "file", title: "T", file: file("b.txt", "other") };
    const answer = await site.post("/add", formOf(fields), { cookie, accept: "text/html" });
    expect(answer.status).toBe(507);
    const page = await readPage(answer);
    expect(page.text).toContain(files.quotaExceeded(formatBytes(0)));
    expect(page.values).toMatchObject({ link_type: "file", title: "T" });
  });
});
