/** Files coming in by the forms of a link, on a real socket: what is taken, and what every bad upload gets. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { operator } from "../../src/policy.ts";
import { type RunningServer, startServer } from "../../src/server/serve.ts";
import { as, openTestApp, PASSWORD, type World } from "../world.ts";
import { readPage } from "./readpage.ts";

const MEGABYTE = 1_048_576;
const TYPE = "multipart/form-data; boundary=cut";

let world: World;
let server: RunningServer;
let origin: string;
let alice: string;

beforeAll(async () => {
  world = await openTestApp({
    settings: { "app.max_file_size_mb": 1, "files.allowed_extensions": ["*"] },
  });
  server = startServer(world.app, { hostname: "127.0.0.1", port: 0 });
  origin = `http://127.0.0.1:${server.port}`;
  alice = await world.signIn(world.people.alice);
});
afterAll(() => server.stop());

/** Whatever came of an upload, nothing half is left. */
afterEach(() => {
  expect(halves()).toEqual([]);
});

function halves(): string[] {
  const folder = join(world.dataFolder, "users", "alice", "assets", ".drafts");
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** What a program is told of a link that was made, or of why none was. */
interface Told {
  readonly shortCode: string;
  readonly url: string;
  readonly errors?: Readonly<Record<string, string>>;
}

async function told(response: Response): Promise<Told> {
  return (await response.json()) as Told;
}

const stored = (shortCode: string) => world.app.links.get(as(world.people.alice), shortCode);

type Fields = Readonly<Record<string, string | File>>;

function formOf(fields: Fields): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
}

interface Manner {
  readonly accept?: string;
  readonly cookie?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function post(
  path: string,
  body: FormData | string | Uint8Array<ArrayBuffer>,
  { accept = "application/json", cookie = alice, headers = {} }: Manner = {},
): Promise<Response> {
  const all = { cookie, accept, ...headers };
  return fetch(origin + path, { method: "POST", body, headers: all, redirect: "manual" });
}

const file = (name: string, content: string | Uint8Array<ArrayBuffer> = "hello") =>
  new File([content], name);

async function open(shortCode: string): Promise<string> {
  return await (await fetch(`${origin}/${shortCode}`)).text();
}

describe("a file is taken", () => {
  test("from a program that sends nothing else", async () => {
    const response = await post("/add", formOf({ file: file("report.pdf", "%PDF-1.7 x") }));
    expect(response.status).toBe(201);
    const { shortCode, url, ...rest } = await told(response);
    expect([url, rest]).toEqual([`${origin}/${shortCode}`, {}]);
    expect(await stored(shortCode)).toMatchObject({
      kind: "file",
      title: "",
      inline: false,
      content: { name: "report.pdf", size: 10, type: "application/pdf" },
    });
    expect(await open(shortCode)).toBe("%PDF-1.7 x");
  });

  test("from the form, and the next page tells of it", async () => {
    const fields = { short_code: "told", link_type: "file", inline: "on", file: file("a.txt") };
    const response = await post("/add", formOf(fields), { accept: "text/html" });
    expect([response.status, response.headers.get("location")]).toEqual([303, "/-/links/told"]);
    expect(response.headers.getSetCookie()).toEqual([expect.stringContaining("notice=")]);
    expect((await stored("told")).inline).toBe(true);
  });

  test("from the page's script, which is told where the page is that tells of it", async () => {
    const fields = { short_code: "script", link_type: "file", notice: "on", file: file("a.txt") };
    const response = await post("/add", formOf(fields));
    expect(await response.json()).toMatchObject({ page: "/-/links/script" });
    expect(response.headers.getSetCookie()).toEqual([expect.stringContaining("notice=")]);
  });

  test("with the fields after it, and beside a target that a file has no use for", async () => {
    const fields = { file: file("a.txt"), link_type: "file", short_code: "late", url: "nonsense" };
    expect((await post("/add", formOf(fields))).status).toBe(201);
    expect(await stored("late")).toMatchObject({ target: "", content: { name: "a.txt" } });
  });

  test("as many bytes as are allowed, to the last", async () => {
    const whole = new Uint8Array(MEGABYTE);
    expect((await post("/add", formOf({ file: file("whole.zip", whole) }))).status).toBe(201);
    const more = new Uint8Array(MEGABYTE + 1);
    const refused = await post("/add", formOf({ file: file("more.zip", more) }));
    expect(await refused.json()).toMatchObject({
      code: "too_large",
      detail: "A file may have at most 1 MB.",
    });
  });

  test("and its form sent twice makes one link, and two links with another file", async () => {
    const fields = { form_id: "one", link_type: "file", file: file("a.txt") };
    const answers = await Promise.all([post("/add", formOf(fields)), post("/add", formOf(fields))]);
    const [first, second] = answers.map(({ headers }) => headers.get("location"));
    expect(first).toStartWith("/");
    expect(second).toBe(first as string);
    for (const other of [file("b.txt"), file("a.txt", "other")]) {
      const response = await post("/add", formOf({ ...fields, file: other }));
      expect(response.headers.get("location")).not.toBe(first as string);
    }
  });
});

describe("a link of a file is edited", () => {
  beforeAll(async () => {
    await post("/add", formOf({ short_code: "edited", link_type: "file", file: file("old.txt") }));
  });

  const edit = (fields: Fields) =>
    post("/edit_link/edited", formOf(fields), { accept: "text/html" });

  test("and keeps its bytes where none come", async () => {
    for (const fields of [{ title: "T" }, { title: "T", link_type: "file", file: file("", "") }]) {
      expect((await edit(fields)).status).toBe(303);
      expect(await stored("edited")).toMatchObject({ title: "T", content: { name: "old.txt" } });
    }
  });

  test("and gets new bytes, a new name, and is shown in the browser", async () => {
    await edit({ inline: "on", file: file("new.txt", "new") });
    expect(await stored("edited")).toMatchObject({ inline: true, content: { name: "new.txt" } });
    expect(await open("edited")).toBe("new");
  });

  test("and leads elsewhere, and is a file again", async () => {
    expect((await edit({ link_type: "redirect" })).status).toBe(422);
    await edit({ link_type: "redirect", url: "https://example.com/" });
    expect(await stored("edited")).toMatchObject({ kind: "redirect", content: null });
    const page = await readPage(await edit({ link_type: "file" }));
    expect(page.problems).toEqual({ file: "Choose a file." });
    await edit({ link_type: "file", file: file("again.txt") });
    expect(await stored("edited")).toMatchObject({ kind: "file", target: "" });
    expect(await open("edited")).toBe("hello");
  });

  test("by a form for each kind, that keeps what it can", async () => {
    const headers = { cookie: alice };
    const pageOf = async (query: string) =>
      await readPage(await fetch(`${origin}/edit_link/edited${query}`, { headers }));
    expect((await pageOf("")).text).toContain("Leave this empty to keep again.txt (5 bytes).");
    expect((await pageOf("")).values).toMatchObject({ link_type: "file", inline: "on" });
    expect((await pageOf("?link_type=redirect")).values).toMatchObject({ link_type: "redirect" });
    expect((await pageOf("?link_type=carrot")).values).toMatchObject({ link_type: "file" });
  });

  test("by an administrator, and stays its owner's", async () => {
    const admin = await world.signIn(world.people.admin);
    const before = (await world.app.blobs.usageOf(world.people.alice.id)).bytes;
    const fields = formOf({ file: file("admin.txt", "longer than before") });
    expect((await post("/edit_link/edited", fields, { cookie: admin })).status).toBe(200);
    const { bytes } = await world.app.blobs.usageOf(world.people.alice.id);
    expect(bytes - before).toBe("longer than before".length);
  });

  test("by nobody else, and nothing is read of what they send", async () => {
    const bob = await world.signIn(world.people.bob);
    const fields = formOf({ file: file("bob.txt") });
    expect((await post("/edit_link/edited", fields, { cookie: bob })).status).toBe(404);
    expect((await stored("edited")).content?.name).toBe("admin.txt");
  });
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
    const response = await post("/add", `${named(sent)}--cut--\r\n`, {
      headers: { "content-type": TYPE },
    });
    const { shortCode } = await told(response);
    const { content } = await stored(shortCode);
    expect(content?.name).toBe(kept);
    expect(content?.path).toMatch(/^alice\/assets\/[0-9a-f-]{36}(\.[a-z0-9]{1,10})?$/);
    expect(await open(shortCode)).toBe("hello");
  });
});

describe("bytes that are not what their name says", () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';

  test.each([
    ["empty.txt", "", "text/plain; charset=utf-8"],
    ["empty.png", "", "application/octet-stream"],
    ["page.png", "<!DOCTYPE html><script>alert(1)</script>", "application/octet-stream"],
    ["polyglot.gif", "GIF89a=1;alert(1)", "image/gif"],
    ["polyglot.js", "GIF89a=1;alert(1)", "application/octet-stream"],
    ["script.svg", svg, "image/svg+xml"],
    ["page.html", "<script>alert(1)</script>", "application/octet-stream"],
  ])("%s is sent as a harmless type, and run by no browser", async (name, content, type) => {
    const fields = { file: file(name, content), inline: "on" };
    const { shortCode } = await told(await post("/add", formOf(fields)));
    const response = await fetch(`${origin}/${shortCode}`);
    expect(response.headers.get("content-type")).toBe(type);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("content-security-policy")).toContain("sandbox");
    expect(await response.text()).toBe(content);
    const isShown = response.headers.get("content-disposition")?.startsWith("inline");
    expect(isShown).toBe(["text/plain; charset=utf-8", "image/gif"].includes(type));
  });
});

describe("a form without a file that can be taken", () => {
  const CHOOSE = "Choose a file.";
  const rows: [why: string, fields: Fields, problems: Readonly<Record<string, string>>][] = [
    ["none", { link_type: "file" }, { file: CHOOSE }],
    ["a field left empty", { link_type: "file", file: file("", "") }, { file: CHOOSE }],
    ["text in its place", { link_type: "file", file: "hello" }, { file: CHOOSE }],
    ["a file for another kind", { link_type: "file", html_file: file("a.html") }, { file: CHOOSE }],
    ["a document's text", { link_type: "markdown", file: file("a.md") }, { markdown_file: CHOOSE }],
    [
      "more that is wrong",
      { link_type: "file", short_code: "a b", expiry: "span", expires_in: "soon" },
      {
        file: CHOOSE,
        short_code: "A short code is made of letters A-Z a-z, digits, - and _.",
        expires_in: "Give a span such as 2h or 7d, or a date and time.",
      },
    ],
  ];

  test.each(rows)("%s: 422", async (_, fields, problems) => {
    const page = await post("/add", formOf(fields), { accept: "text/html" });
    expect(page.status).toBe(422);
    expect((await readPage(page)).problems).toEqual(problems);
    const json = await post("/add", formOf(fields));
    expect(await json.json()).toMatchObject({ code: "invalid", errors: problems });
  });

  test("has to be filled in but for its file, which is asked for again", async () => {
    const fields = { link_type: "file", short_code: "login", title: "T", file: file("a.txt") };
    const page = await readPage(await post("/add", formOf(fields), { accept: "text/html" }));
    expect(page.values).toMatchObject({ link_type: "file", short_code: "login", title: "T" });
    expect(page.problems).toEqual({ short_code: '"login" is reserved for the site itself.' });
    expect(page.text).toContain("Choose the file again.");
  });
});

test("only files with allowed endings are taken, and the refusal lists these", async () => {
  const strict = await openTestApp({ settings: { "files.allowed_extensions": ["txt", "gz"] } });
  const cookie = await strict.signIn(strict.people.alice);
  const send = async (name: string) => {
    const body = formOf({ link_type: "file", file: file(name) });
    const headers = { cookie, accept: "application/json" };
    return await told(await strict.request("/add", { method: "POST", body, headers }));
  };
  for (const name of ["a.txt", "A.TXT", "a.tar.gz"]) {
    expect(await send(name)).toMatchObject({ shortCode: expect.any(String) });
  }
  for (const [name, which] of [
    ["a.exe", "that end in .exe"],
    ["a.txt.exe", "that end in .exe"],
    ["a", "without an extension"],
  ] as const) {
    const message = `Files ${which} are not allowed here. Allowed: txt, gz.`;
    expect((await send(name)).errors).toEqual({ file: message });
  }
  await strict.close();
});

/** Sends bytes as they are; gives what comes back with the first of it, or "" when the server hangs up. */
async function speak(bytes: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(server.port ?? 0, "127.0.0.1", () => socket.write(bytes));
  socket.on("data", (data) => resolve(data.toString()));
  socket.on("error", () => resolve(""));
  socket.on("close", () => resolve(""));
  const answer = await promise;
  socket.destroy();
  return answer;
}

const statusIn = (answer: string) => Number(answer.split(" ")[1] ?? 0);

/** The head of a post to /add; `length` bytes are announced, or none for chunks. */
function headOf(length: number | null, more: readonly string[] = [`Cookie: ${alice}`]): string {
  const framing = length === null ? "Transfer-Encoding: chunked" : `Content-Length: ${length}`;
  const lines = ["POST /add HTTP/1.1", "Host: x.example", `Content-Type: ${TYPE}`, framing];
  return `${[...lines, "Accept: application/json", ...more].join("\r\n")}\r\n\r\n`;
}

const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const GIGABYTES = 10 * 1024 ** 3;
const BEGUN = `--cut\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n`;

describe("a body that is none", () => {
  const plain = (body: string, type = TYPE) =>
    post("/add", body, { headers: { "content-type": type } });

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
    ["another type", "{}", "application/json", 415],
  ])("%s", async (_, body, type, status) => {
    expect((await plain(body, type)).status).toBe(status);
  });

  test("the field twice: the first file counts", async () => {
    const body = `${named("one.txt")}${named("two.txt")}--cut--\r\n`;
    const { shortCode } = await told(await plain(body));
    expect((await stored(shortCode)).content?.name).toBe("one.txt");
  });

  test.each([
    ["of a length", () => headOf(100_000) + BEGUN + "x".repeat(50_000)],
    ["in chunks", () => headOf(null) + chunk(BEGUN + "x".repeat(50_000))],
  ])("cut half-way, %s: nothing is made of it", async (_, half) => {
    const before = await totalOf();
    const socket = connect(server.port ?? 0, "127.0.0.1", () => socket.write(half()));
    await until(() => halves().length === 1);
    socket.destroy();
    await until(() => halves().length === 0);
    expect(await totalOf()).toBe(before);
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await Bun.sleep(5);
}

async function totalOf(): Promise<number> {
  const query = { ownerId: world.people.alice.id, limit: 1 };
  return (await world.app.links.list(as(world.people.alice), query)).total;
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
    const page = await post("/add", fields, { accept: "text/html" });
    expect(page.status).toBe(413);
    expect((await readPage(page)).text).toContain("A file may have at most 1 MB.");
  });
});

describe("who may not send is told before anything is read", () => {
  test.each([
    ["a stranger", 401, () => []],
    ["another site", 403, () => [`Cookie: ${alice}`, "Sec-Fetch-Site: cross-site"]],
  ] as const)("%s", async (_, status, headers) => {
    expect(statusIn(await speak(headOf(GIGABYTES, headers()) + BEGUN))).toBe(status);
  });
});

describe("a quota", () => {
  test("lets in exactly as many of 50 parallel uploads as fit, and tells the others", async () => {
    const user = await world.app.users.create(operator, { username: "fifty", password: PASSWORD });
    await world.app.blobs.setQuota(operator, user.id, 7500);
    const cookie = await world.signIn(user);
    const sending = Array.from({ length: 50 }, (_, n) =>
      post("/add", formOf({ file: file(`${n}.txt`, String(n).padEnd(1000)) }), { cookie }),
    );
    const answers = await Promise.all(sending);
    const refused = answers.filter(({ status }) => status === 507);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(7);
    expect(refused).toHaveLength(43);
    const rest = "There is only room for 500 bytes left: not enough for this file.";
    for (const answer of refused) {
      expect(await answer.json()).toMatchObject({ code: "over_quota", detail: rest });
    }
    expect((await world.app.blobs.usageOf(user.id)).bytes).toBe(7000);
  }, 60_000);

  test("that is full shows the form again, filled in", async () => {
    const user = await world.app.users.create(operator, { username: "full", password: PASSWORD });
    await world.app.blobs.setQuota(operator, user.id, 5);
    const cookie = await world.signIn(user);
    await post("/add", formOf({ file: file("a.txt") }), { cookie });
    const fields = { link_type: "file", title: "T", file: file("b.txt", "other") };
    const answer = await post("/add", formOf(fields), { cookie, accept: "text/html" });
    expect(answer.status).toBe(507);
    const page = await readPage(answer);
    expect(page.text).toContain("There is no room left: not enough for this file.");
    expect(page.values).toMatchObject({ link_type: "file", title: "T" });
  });
});
