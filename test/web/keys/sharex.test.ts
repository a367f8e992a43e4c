/** Plays ShareX with the `.sxcu` files of a new key, against a real server. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { operator } from "../../../src/policy.ts";
import { type HttpServer, startServer } from "../../../src/server/http-server.ts";
import { openTestApp, type World } from "../../world.ts";

let world: World;
let server: HttpServer;
let key: string;
let cookie: string;
beforeAll(async () => {
  world = await openTestApp({ settings: { "links.trash_days": 30 } });
  server = startServer(world.app, { hostname: "127.0.0.1", port: 0 });
  const input = { name: "ShareX", scopes: ["links:create", "files:create"] as const };
  key = (await world.app.accounts.keys.create(operator, world.people.alice, input)).secret;
  cookie = await world.signIn(world.people.alice);
});
afterAll(() => world.close());

interface Sxcu {
  readonly Version: string;
  readonly RequestMethod: string;
  readonly RequestURL: string;
  readonly Headers: Readonly<Record<string, string>>;
  readonly FileFormName?: string;
  readonly Data?: string;
  readonly URL: string;
  readonly ThumbnailURL?: string;
  readonly DeletionURL?: string;
  readonly ErrorMessage: string;
}

async function download(uploader: string): Promise<Sxcu> {
  const body = new URLSearchParams({ uploader, key });
  const headers = { cookie, host: `127.0.0.1:${server.port}`, accept: "text/html" };
  const response = await world.request("/-/keys", { method: "POST", body, headers });
  expect(response.headers.get("content-disposition")).toContain(".sxcu");
  const sxcu = (await response.json()) as Sxcu;
  expect(Number(sxcu.Version.split(".")[0])).toBeGreaterThan(13);
  for (const [name, value] of Object.entries(sxcu.Headers))
    expect(name + value).not.toMatch(/[%{}|\\]/);
  return sxcu;
}

/** As ShareX does it: fields first, the file's name raw and unescaped. */
function multipart(field: string, name: string, bytes: string): RequestInit {
  const boundary = `--------------------${Date.UTC(2026, 2, 17).toString(16)}`;
  const body = `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${name}"\r\nContent-Type: image/png\r\n\r\n${bytes}\r\n--${boundary}--\r\n`;
  return { body, headers: { "content-type": `multipart/form-data; boundary=${boundary}` } };
}

async function send(sxcu: Sxcu, { body, headers }: RequestInit) {
  const response = await fetch(sxcu.RequestURL, {
    method: sxcu.RequestMethod,
    headers: { ...sxcu.Headers, ...(headers as Record<string, string>) },
    body: body ?? null,
  });
  const json = (await response.json()) as Record<string, string | null>;
  const parse = (syntax = "") =>
    syntax.replaceAll(/\{json:(\w+)\}/g, (_, path) => json[path] ?? "");
  return response.ok
    ? { url: parse(sxcu.URL), deletion: parse(sxcu.DeletionURL), error: "" }
    : { url: "", deletion: "", error: parse(sxcu.ErrorMessage) };
}

const linkAt = (url: string) => world.app.links.get(operator, new URL(url).pathname.slice(1));

test.each(["Bild Größe 日本.png", 'with "quotes".png', "semi;colon=x.png"])(
  "uploads %p, and deletes it by its link",
  async (name) => {
    const { url, deletion } = await send(await download("files"), multipart("file", name, "bytes"));
    const { content } = await linkAt(url);
    expect(content?.size).toBe(5);
    if (!name.includes('"')) expect(content?.name).toBe(name);
    expect((await fetch(deletion, { method: "POST" })).status).toBe(200);
    expect((await fetch(url)).status).toBe(404);
  },
);

test("shortens a link", async () => {
  const sxcu = await download("links");
  const target = 'https://a.example/?q="x"&y=1';
  const body = (sxcu.Data ?? "").replace("{input}", JSON.stringify(target).slice(1, -1));
  const { url } = await send(sxcu, { body, headers: { "content-type": "application/json" } });
  expect((await linkAt(url)).kind).toBe("redirect");
});

test("shows what a refusal says", async () => {
  const wrong = { ...(await download("files")), Headers: { Authorization: "Bearer nonsense" } };
  expect((await send(wrong, multipart("file", "a.png", "x"))).error).not.toBe("");
});

test("a form without a key gets no file", async () => {
  const body = new URLSearchParams({ uploader: "files", key: "nonsense" });
  const response = await world.request("/-/keys", { method: "POST", body, headers: { cookie } });
  expect(response.status).toBe(422);
});
