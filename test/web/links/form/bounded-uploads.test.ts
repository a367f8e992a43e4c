/** Uploads and forms that want more than there is: of quota, disk, memory and time; on real sockets. */
import { afterEach, describe, expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import type { Settings } from "../../../../src/config/settings.ts";
import { operator } from "../../../../src/policy.ts";
import { type HttpServer, startServer } from "../../../../src/server/http-server.ts";
import { until } from "../../../until.ts";
import { openTestApp, type World } from "../../../world.ts";
import { file, formOf } from "../../file-site.ts";

const MEGABYTE = 1_048_576;

let world: World;
let server: HttpServer;
let cookie: string;
const opened: Socket[] = [];

async function open(settings: Partial<Settings> = {}, quota?: number): Promise<void> {
  world = await openTestApp({ settings });
  server = startServer(world.app, { hostname: "127.0.0.1", port: 0 });
  const { alice } = world.people;
  cookie = await world.signIn(alice);
  if (quota !== undefined) await world.app.files.blobs.setQuota(operator, alice.id, quota);
}

afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy();
  await server.stop(0);
});

const reached = (check: () => boolean | Promise<boolean>) =>
  until(check, { what: String(check), seconds: 30 });

/** A request sent by hand, and what has been answered. */
interface Sending {
  readonly socket: Socket;
  readonly answer: () => string;
  readonly status: () => number;
}

function send(text: string): Sending {
  const socket = connect(server.port ?? 0, "127.0.0.1");
  let answer = "";
  socket.on("error", () => {});
  socket.on("data", (data) => {
    answer += data.toString("latin1");
  });
  socket.write(text);
  opened.push(socket);
  return { socket, answer: () => answer, status: () => Number(answer.split(" ")[1] ?? 0) };
}

const CHUNKED = "Transfer-Encoding: chunked";

function headOf(framing: string, type = "multipart/form-data; boundary=cut", by = cookie): string {
  const lines = ["POST /add HTTP/1.1", "Host: x.example", `Content-Type: ${type}`, framing];
  return `${[...lines, "Accept: application/json", `Cookie: ${by}`].join("\r\n")}\r\n\r\n`;
}

const part = (disposition: string) =>
  `--cut\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n`;
const FILE = part('name="file"; filename="a.zip"');
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

const beginFile = (by = cookie) =>
  send(headOf(CHUNKED, undefined, by) + chunk(`${FILE}${"x".repeat(100)}`));

/** Sends as long as it is taken, at most so many bytes. */
function pour({ socket, answer }: Sending, bytes: number): void {
  const piece = chunk("x".repeat(65_536));
  let left = bytes;
  const more = () => {
    while (left > 0 && answer() === "" && socket.writable) {
      left -= 65_536;
      if (!socket.write(piece)) return;
    }
  };
  socket.on("drain", more);
  more();
}

const drafts = () => join(world.dataFolder, "users", "alice", "assets", ".uploads");

function bytesInDrafts(): number {
  try {
    return readdirSync(drafts()).reduce(
      (sum, name) => sum + statSync(join(drafts(), name)).size,
      0,
    );
  } catch {
    return 0;
  }
}

const upload = (content: Uint8Array<ArrayBuffer>, fields = {}) =>
  fetch(`http://127.0.0.1:${server.port}/add`, {
    method: "POST",
    headers: { cookie, accept: "application/json" },
    body: formOf({ file: file("a.bin", content), ...fields }),
  });

describe("the quota is asked before bytes are taken", () => {
  test("so that five uploads of 40 MB hold no more than it on disk", async () => {
    await open({ "limits.uploads": 0 }, MEGABYTE);
    const sendings = Array.from({ length: 5 }, () => beginFile());
    await reached(() => bytesInDrafts() === 500);
    let most = 0;
    for (const sending of sendings) pour(sending, 40 * MEGABYTE);
    await reached(() => {
      most = Math.max(most, bytesInDrafts());
      return sendings.every(({ status }) => status() === 507);
    });
    expect(most).toBeGreaterThan(MEGABYTE / 4);
    expect(most).toBeLessThan(1.5 * MEGABYTE);
    await reached(() => bytesInDrafts() === 0);
  });

  test("so that an announced 40 MB are refused at once, with the connection", async () => {
    await open({}, MEGABYTE);
    const { answer, socket } = send(headOf(`Content-Length: ${40 * MEGABYTE}`) + FILE);
    await reached(() => answer().includes("over_quota"));
    expect(answer()).toStartWith("HTTP/1.1 507");
    await reached(() => socket.closed);
    expect(bytesInDrafts()).toBe(0);
  });

  test("but the file that an edit replaces makes place for another", async () => {
    await open({}, MEGABYTE);
    expect((await upload(new Uint8Array(900_000), { short_code: "big" })).status).toBe(201);
    expect((await upload(new Uint8Array(900_001), { short_code: "more" })).status).toBe(507);
    const edited = await fetch(`http://127.0.0.1:${server.port}/edit_link/big`, {
      method: "POST",
      headers: { cookie, accept: "application/json" },
      body: formOf({ file: file("b.bin", new Uint8Array(1_000_000)) }),
    });
    expect(edited.status).toBe(200);
  });

  test("and a form without a file needs none", async () => {
    await open({}, 1);
    const body = formOf({
      link_type: "redirect",
      url: "https://example.com/",
      note: "n".repeat(500),
    });
    const headers = { cookie, accept: "application/json" };
    const url = `http://127.0.0.1:${server.port}/add`;
    expect((await fetch(url, { method: "POST", headers, body })).status).toBe(201);
  });

  test("of each account by itself, unlimited ones too", async () => {
    await open({}, MEGABYTE);
    const bob = await world.signIn(world.people.bob);
    const sending = send(headOf(CHUNKED, undefined, bob) + chunk(`${FILE}${"x".repeat(100)}`));
    for (let n = 0; n < 48; n++) sending.socket.write(chunk("x".repeat(65_536)));
    sending.socket.write(`${chunk("\r\n--cut--\r\n")}0\r\n\r\n`);
    await reached(() => sending.status() !== 0);
    expect(sending.status()).toBe(201);
  });
});

test("below the disk floor nothing is taken, and links are still made", async () => {
  await open({ "ops.disk_floor_mb": 100_000_000 });
  const refused = await upload(new Uint8Array(10));
  expect(refused.status).toBe(507);
  expect(await refused.json()).toMatchObject({ code: "storage_full" });
  const announced = send(headOf(`Content-Length: ${40 * MEGABYTE}`) + FILE);
  await reached(() => announced.answer().includes("storage_full"));
  expect(bytesInDrafts()).toBe(0);
  const url = `http://127.0.0.1:${server.port}/add`;
  const body = new URLSearchParams({ link_type: "redirect", url: "https://example.com/" });
  expect((await fetch(url, { method: "POST", headers: { cookie }, body })).status).toBe(200);
});

describe("uploads at a time", () => {
  test("an account has four, others have theirs, and one that ends makes place", async () => {
    await open();
    const sendings = Array.from({ length: 4 }, () => beginFile());
    await reached(() => bytesInDrafts() === 400);
    const fifth = beginFile();
    await reached(() => fifth.status() !== 0);
    expect(fifth.answer()).toMatch(/^HTTP\/1.1 429 [\s\S]*retry-after: 5/i);
    const ofBob = beginFile(await world.signIn(world.people.bob));
    sendings[0]?.socket.destroy();
    await reached(async () => (await upload(new Uint8Array(10))).status === 201);
    expect(ofBob.answer()).toBe("");
  });

  test("forms without files, and a small text, do not count", async () => {
    await open();
    for (let n = 0; n < 4; n++) beginFile();
    await reached(() => bytesInDrafts() === 400);
    const body = formOf({ link_type: "markdown", markdown_text_content: "# Small" });
    const url = `http://127.0.0.1:${server.port}/add`;
    const headers = { cookie, accept: "application/json" };
    expect((await fetch(url, { method: "POST", headers, body })).status).toBe(201);
  });
});

describe("a slow client", () => {
  test("that sends a byte of a file every 20 seconds gets 408, and leaves nothing", async () => {
    await open();
    const sending = beginFile();
    await reached(() => bytesInDrafts() === 100);
    world.clock.advance(20_000);
    sending.socket.write(chunk("x"));
    await reached(() => bytesInDrafts() === 101);
    world.clock.advance(20_000);
    sending.socket.write(chunk("x"));
    await reached(() => sending.answer().includes("timeout"));
    expect(sending.answer()).toMatch(/^HTTP\/1.1 408 [\s\S]*connection: close/i);
    await reached(() => sending.socket.closed && bytesInDrafts() === 0);
  });

  test("over a mobile line of 2 KB a second is waited for", async () => {
    await open();
    const sending = beginFile();
    for (let n = 0; n < 30; n++) {
      const before = bytesInDrafts();
      world.clock.advance(10_000);
      sending.socket.write(chunk("x".repeat(20_000)));
      await reached(() => bytesInDrafts() >= Math.max(100, before) + 20_000);
    }
    sending.socket.write(`${chunk("\r\n--cut--\r\n")}0\r\n\r\n`);
    await reached(() => sending.status() === 201);
  });

  test.each([
    ["application/x-www-form-urlencoded", "note=aaaa"],
    ["application/json", '{"kind": "'],
    ["multipart/form-data; boundary=cut", `${part('name="note"')}aaaa`],
  ])("that sends a form as %s in pieces is waited for five minutes", async (type, begun) => {
    await open({ "limits.upload_bytes_per_second": 0 });
    const sending = send(headOf(CHUNKED, type) + chunk(begun));
    await reached(() => world.app.bodies.held > 0);
    world.clock.advance(299_000);
    sending.socket.write(chunk("a".repeat(2_000)));
    await reached(() => world.app.bodies.held > 1024);
    expect(sending.answer()).toBe("");
    world.clock.advance(2_000);
    sending.socket.write(chunk("a"));
    await reached(() => sending.status() === 408);
    expect(world.app.bodies.held).toBe(0);
  });
});

describe("a small form", () => {
  const small = (type: string, begun: string) =>
    send(`${headOf(`Content-Length: ${begun.length + 100}`, type)}${begun}`);

  test.each([
    ["application/x-www-form-urlencoded", "note=aaaa"],
    ["application/json", '{"kind": "'],
    ["multipart/form-data; boundary=cut", `${part('name="note"')}aaaa`],
  ])("as %s that does not arrive gets 408, and holds nothing", async (type, begun) => {
    await open();
    const sending = small(type, begun);
    await reached(() => server.requests > 0);
    world.clock.advance(29_000);
    sending.socket.write("a");
    expect(sending.answer()).toBe("");
    world.clock.advance(2_000);
    await reached(() => sending.status() === 408);
    expect(sending.answer()).toMatch(/connection: close/i);
    expect(world.app.bodies).toMatchObject({ held: 0, spooled: 0 });
  });

  test("that breaks off is forgotten", async () => {
    await open();
    const sending = small("application/x-www-form-urlencoded", "note=aaaa");
    await reached(() => server.requests > 0);
    sending.socket.destroy();
    const body = formOf({ link_type: "redirect", url: "https://a.example/" });
    const headers = { cookie, accept: "application/json" };
    const url = `http://127.0.0.1:${server.port}/add`;
    expect((await fetch(url, { method: "POST", headers, body })).status).toBe(201);
  });

  test("may have a file", async () => {
    await open();
    const end = "\r\n--cut--\r\n";
    const fields = `${part('name="link_type"')}file\r\n${part('name="short_code"')}tiny\r\n`;
    const body = `${fields}${part('name="file"; filename="a.txt"')}hello${end}`;
    const sending = send(`${headOf(`Content-Length: ${body.length}`)}${body}`);
    await reached(() => sending.status() === 201);
    const stored = await fetch(`http://127.0.0.1:${server.port}/tiny`);
    expect(await stored.text()).toBe("hello");
  });
});

describe("the text of forms under way is on disk", () => {
  /** Forms whose text does not end. */
  const begin = (type: string, begun: string, times: number) =>
    Array.from({ length: times }, () => {
      const sending = send(headOf(CHUNKED, type) + chunk(begun));
      pour(sending, 4 * MEGABYTE);
      return sending;
    });

  test("of 90 unfinished ones, and is let go with them", async () => {
    await open({ "limits.uploads": 0 });
    const { bodies } = world.app;
    const sendings = [
      ...begin("multipart/form-data; boundary=cut", part('name="file_text_content"'), 50),
      ...begin("application/x-www-form-urlencoded", "file_text_content=", 20),
      ...begin("application/json", '{"content": "', 20),
    ];
    await reached(() => bodies.spooled > 350 * MEGABYTE);
    expect(bodies.held).toBe(0);
    expect(sendings.filter(({ answer }) => answer() !== "")).toEqual([]);
    for (const { socket } of sendings) socket.destroy();
    await reached(() => bodies.spooled === 0 && bodies.held === 0);
  }, 60_000);

  test("and four of an account, while others save theirs", async () => {
    await open();
    begin("multipart/form-data; boundary=cut", part('name="file_text_content"'), 4);
    await reached(() => world.app.bodies.spooled > 15 * MEGABYTE);
    const long = (by: string) =>
      fetch(`http://127.0.0.1:${server.port}/add`, {
        method: "POST",
        headers: { cookie: by, accept: "application/json" },
        body: formOf({ link_type: "file", file_text_content: "a line\n".repeat(10_000) }),
      });
    expect((await long(cookie)).status).toBe(429);
    expect((await long(await world.signIn(world.people.bob))).status).toBe(201);
  });

  test("and comes back whole", async () => {
    await open();
    const content = `${"\u00fc and \u65e5\r\n".repeat(50_000)}end`;
    const answer = await fetch(`http://127.0.0.1:${server.port}/add`, {
      method: "POST",
      headers: { cookie, accept: "application/json" },
      body: formOf({ link_type: "file", short_code: "text", file_text_content: content }),
    });
    expect(answer.status).toBe(201);
    const stored = await fetch(`http://127.0.0.1:${server.port}/text`);
    expect(await stored.text()).toBe(content);
    expect(world.app.bodies).toMatchObject({ held: 0, spooled: 0 });
  });
});
