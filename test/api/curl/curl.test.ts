/** The real curl and wget against a real server. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { operator } from "../../../src/policy.ts";
import { type HttpServer, startServer } from "../../../src/server/http-server.ts";
import { openTestApp, START, type World } from "../../world.ts";

let world: World;
let server: HttpServer;
let key: string;
let folder: string;
let site: string;

beforeAll(async () => {
  world = await openTestApp({ settings: { "links.trash_days": 30 } });
  server = startServer(world.app, { hostname: "127.0.0.1", port: 0 });
  site = `http://127.0.0.1:${server.port}`;
  const scopes = ["links:create", "files:create"] as const;
  const input = { name: "curl", scopes };
  key = (await world.app.accounts.keys.create(operator, world.people.alice, input)).secret;
  folder = mkdtempSync(join(tmpdir(), "trunk8-curl-"));
  writeFileSync(join(folder, "one.txt"), "one\n");
  writeFileSync(join(folder, "two.txt"), "two\n");
  writeFileSync(join(folder, "empty.txt"), "");
  writeFileSync(join(folder, "big.bin"), Buffer.alloc(3_000_000, "x"));
  writeFileSync(join(folder, ".netrc"), `machine 127.0.0.1 login api password ${key}\n`);
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Runs curl, which prints the heads of all answers first. */
async function curl(words: readonly string[], stdin = ""): Promise<Ran> {
  const headFile = join(folder, `head-${crypto.randomUUID()}`);
  const all = ["curl", "-sS", "-D", headFile, "--max-time", "20", ...words];
  const run = Bun.spawn(all, {
    cwd: folder,
    env: { ...process.env, HOME: folder },
    stdin: new Blob([stdin]),
    stdout: "pipe",
  });
  const body = await new Response(run.stdout).text();
  const heads = await Bun.file(headFile).text();
  const last = heads.trim().split("\r\n\r\n").at(-1) ?? "";
  const [start = "", ...lines] = last.split("\r\n");
  const headers = new Headers();
  for (const line of lines) {
    const [name = "", value = ""] = line.split(/:\s*(.*)/s);
    if (/^[\w-]+$/.test(name)) headers.append(name, value);
  }
  return { status: Number(start.split(" ")[1]), headers, body };
}

const byKey = () => ["-u", `:${key}`] as const;

/** The links behind the lines of an answer. */
async function linksIn({ body }: Ran) {
  const urls = body.trimEnd().split("\n");
  for (const url of urls) expect(url).toStartWith(`${site}/`);
  return await Promise.all(
    urls.map((url) => world.app.links.get(operator, new URL(url).pathname.slice(1))),
  );
}

const bytesAt = async (url: string) => (await curl([url.trim()])).body;

describe("a file goes to the address of the site", () => {
  test("as a field of a form", async () => {
    const sent = await curl([...byKey(), "-F", "file=@one.txt", `${site}/`]);
    expect(sent.status).toBe(200);
    expect(sent.body).toEndWith("\n");
    const [link] = await linksIn(sent);
    expect(link).toMatchObject({ kind: "file", owner: "alice", content: { name: "one.txt" } });
    expect(await bytesAt(sent.body)).toBe("one\n");
  });

  test.each([
    ["Bearer", () => ["-H", `Authorization: Bearer ${key}`]],
    ["X-Api-Key", () => ["-H", `X-Api-Key: ${key}`]],
    ["-u with any name", () => ["-u", `api:${key}`]],
    [".netrc", () => ["-n"]],
  ])("with the key by %s", async (_, words) => {
    expect((await curl([...words(), "-T", "one.txt", `${site}/`])).status).toBe(200);
  });

  test("several of them, a line each", async () => {
    const sent = await curl([...byKey(), "-F", "a=@one.txt", "-F", "a=@two.txt", `${site}/`]);
    expect((await linksIn(sent)).map(({ content }) => content?.name)).toEqual([
      "one.txt",
      "two.txt",
    ]);
    expect(sent.headers.get("x-url-delete")?.split(", ")).toHaveLength(2);
  });

  test.each(["", "put/", "upload/"])("by PUT to /%sNAME", async (under) => {
    const sent = await curl([...byKey(), "-T", "one.txt", `${site}/${under}`]);
    expect(sent.status).toBe(200);
    expect((await linksIn(sent))[0]?.content?.name).toBe("one.txt");
  });

  test("from a pipe, without a length", async () => {
    const named = await curl([...byKey(), "-T", "-", `${site}/from-pipe.txt`], "piped");
    expect((await linksIn(named))[0]?.content).toMatchObject({ name: "from-pipe.txt", size: 5 });
    const unnamed = await curl([...byKey(), "-T", "-", `${site}/`], "piped");
    expect((await linksIn(unnamed))[0]?.content).toMatchObject({ name: "file", size: 5 });
  });

  test("after Expect: 100-continue", async () => {
    const words = ["-H", "Expect: 100-continue", "-T", "big.bin", `${site}/`];
    const sent = await curl([...byKey(), ...words]);
    expect((await linksIn(sent))[0]?.content?.size).toBe(3_000_000);
    expect((await curl(words)).status).toBe(401);
  });

  test("under the name of a link, which stays", async () => {
    const [link] = await linksIn(
      await curl([...byKey(), "-F", "url=https://a.example/", `${site}/`]),
    );
    const sent = await curl([...byKey(), "-T", "one.txt", `${site}/${link?.shortCode}`]);
    expect(sent.body.trim()).not.toBe(`${site}/${link?.shortCode}`);
    expect((await curl([`${site}/${link?.shortCode}`])).status).toBe(302);
  });

  test("by wget", async () => {
    const words = ["-qO-", "--auth-no-challenge", "--user=api", `--password=${key}`];
    const run = Bun.spawn(
      ["wget", ...words, "--method=PUT", "--body-file=one.txt", `${site}/w.txt`],
      {
        cwd: folder,
      },
    );
    expect(await new Response(run.stdout).text()).toStartWith(`${site}/`);
  });
});

describe("options", () => {
  test("secret: a code that cannot be guessed", async () => {
    const sent = await curl([...byKey(), "-F", "file=@one.txt", "-F", "secret=", `${site}/`]);
    expect((await linksIn(sent))[0]?.shortCode).toHaveLength(22);
  });

  test.each([
    ["24", START + 86_400_000],
    [String(START + 5_000_000), START + 5_000_000],
  ])("expires: %s", async (given, expected) => {
    const sent = await curl([
      ...byKey(),
      "-F",
      "file=@one.txt",
      "-F",
      `expires=${given}`,
      `${site}/`,
    ]);
    expect((await linksIn(sent))[0]?.expiresAt).toBe(expected);
    expect(sent.headers.get("x-expires")).toBe(String(expected));
  });

  test.each(["", "x", "-1", "0", "1.5", "9".repeat(16), String(START - 1)])(
    "no expiry: %p",
    async (given) => {
      const words = ["-F", "file=@one.txt", "-F", `expires=${given}`];
      expect((await curl([...byKey(), ...words, `${site}/`])).status).toBe(400);
    },
  );

  test("Max-Days and Max-Downloads, of which a download tells what is left", async () => {
    const words = ["-H", "Max-Days: 2", "-H", "Max-Downloads: 3", "-T", "one.txt"];
    const sent = await curl([...byKey(), ...words, `${site}/`]);
    const [link] = await linksIn(sent);
    expect(link).toMatchObject({ expiresAt: START + 2 * 86_400_000, visitLimit: 3 });
    const { headers } = await curl([sent.body.trim()]);
    expect(headers.get("x-remaining-days")).toBe("2");
    expect(headers.get("x-remaining-downloads")).toBe("2");
    const ignored = ["-H", "Max-Days: soon", "-T", "one.txt", `${site}/`];
    expect((await linksIn(await curl([...byKey(), ...ignored])))[0]?.expiresAt).toBeNull();
  });

  test("fields of the API, and parameters", async () => {
    const words = ["-F", "file=@one.txt", "-F", "title=A title", "-F", "visit_limit=2"];
    const [link] = await linksIn(await curl([...byKey(), ...words, `${site}/`]));
    expect(link).toMatchObject({ title: "A title", visitLimit: 2 });
    const put = await curl([...byKey(), "-T", "one.txt", `${site}/put/x.txt?title=Other`]);
    expect((await linksIn(put))[0]).toMatchObject({ title: "Other", content: { name: "x.txt" } });
  });

  test.each(["url", "shorten"])("%s is shortened", async (field) => {
    const sent = await curl([...byKey(), "-F", `${field}=https://a.example/long`, `${site}/`]);
    expect((await linksIn(sent))[0]).toMatchObject({
      kind: "redirect",
      target: "https://a.example/long",
    });
  });

  test("JSON is the API's", async () => {
    const accept = ["-H", "Accept: application/json"];
    const one = await curl([...byKey(), ...accept, "-F", "file=@one.txt", `${site}/`]);
    expect(one.status).toBe(201);
    expect(JSON.parse(one.body)).toMatchObject({ kind: "file", thumbnail_url: null });
    const two = ["-F", "a=@one.txt", "-F", "b=@two.txt", `${site}/`];
    expect(JSON.parse((await curl([...byKey(), ...accept, ...two])).body).items).toHaveLength(2);
    const refused = await curl([
      ...byKey(),
      ...accept,
      "-F",
      "file=@one.txt",
      "-F",
      "x=",
      `${site}/`,
    ]);
    expect(JSON.parse(refused.body)).toMatchObject({ status: 422 });
  });
});

describe("a line of text refuses", () => {
  test.each([
    ["no key", 401, () => ["-F", "file=@one.txt"]],
    ["a wrong key", 401, () => ["-H", "Authorization: Bearer nonsense", "-F", "file=@one.txt"]],
    ["nothing", 400, () => [...byKey(), "-F", "title=x"]],
    ["an empty file", 400, () => [...byKey(), "-T", "empty.txt"]],
    ["an unknown field", 422, () => [...byKey(), "-F", "file=@one.txt", "-F", "x=1"]],
    ["no address", 422, () => [...byKey(), "-F", "url=javascript:x"]],
    [
      "a long address",
      414,
      () => [...byKey(), "-F", `url=https://a.example/${"x".repeat(20_000)}`],
    ],
    ["encryption", 400, () => [...byKey(), "-H", "X-Encrypt-Password: x", "-T", "one.txt"]],
    ["JSON", 415, () => [...byKey(), "-H", "Content-Type: application/json", "-d", "{}"]],
  ])("%s with %d", async (_, status, words) => {
    const refused = await curl([...words(), `${site}/`]);
    expect([refused.status, refused.body.trimEnd().split("\n").length]).toEqual([status, 1]);
    expect(refused.headers.get("content-type")).toStartWith("text/plain");
  });

  test("all files where one is refused", async () => {
    const before = await world.app.links.totals(operator);
    const words = ["-F", "a=@one.txt", "-F", "b=@two.txt", "-F", "short_code=both"];
    expect((await curl([...byKey(), ...words, `${site}/`])).status).toBe(422);
    expect((await world.app.links.totals(operator)).links).toBe(before.links);
  });

  test("a key that may not, by its scope", async () => {
    const input = { name: "read", scopes: ["links:read"] as const };
    const reader = await world.app.accounts.keys.create(operator, world.people.alice, input);
    const refused = await curl(["-u", `:${reader.secret}`, "-T", "one.txt", `${site}/`]);
    expect([refused.status, refused.body]).toEqual([403, expect.stringContaining("links:create")]);
  });
});

describe("deletion", () => {
  const upload = () => curl([...byKey(), "-T", "one.txt", `${site}/`]);

  test("by curl -X DELETE, without a key", async () => {
    const sent = await upload();
    const url = sent.headers.get("x-url-delete") ?? "";
    expect(url).not.toContain(key);
    const wrong = await curl(["-X", "DELETE", `${url.slice(0, -1)}_`]);
    expect([wrong.status, wrong.headers.get("content-type")]).toEqual([
      404,
      "text/plain; charset=utf-8",
    ]);
    expect(await bytesAt(sent.body)).toBe("one\n");
    expect((await curl(["-X", "DELETE", url])).status).toBe(200);
    expect((await curl([sent.body.trim()])).status).toBe(404);
    expect((await curl(["-X", "DELETE", url])).status).toBe(404);
  });

  test("by its token at the URL of the file", async () => {
    const sent = await upload();
    const url = sent.body.trim();
    const token = `token=${sent.headers.get("x-token")}`;
    expect((await curl(["-F", "token=x", "-F", "delete=", url])).status).toBe(401);
    expect((await curl(["-F", token, "-F", "expires=2", url])).status).toBe(202);
    expect((await linksIn(sent))[0]?.expiresAt).toBe(START + 7_200_000);
    const deleted = await curl(["-F", token, "-F", "delete=", url]);
    expect([deleted.status, deleted.body]).toEqual([200, ""]);
    expect((await curl([url])).status).toBe(404);
  });

  test("ends with the link's short code", async () => {
    const sent = await upload();
    const [link] = await linksIn(sent);
    await world.app.links.edit(operator, link?.shortCode ?? "", { shortCode: "other" as never });
    expect((await curl(["-X", "DELETE", sent.headers.get("x-url-delete") ?? ""])).status).toBe(404);
  });

  test("in a browser is asked about first", async () => {
    const sent = await upload();
    const path = new URL(sent.headers.get("x-url-delete") ?? "").pathname;
    const browser = { headers: { accept: "text/html", origin: "http://trunk8.test" } };
    const asked = await world.request(path, browser);
    expect([asked.status, await asked.text()]).toEqual([200, expect.stringContaining("one.txt")]);
    expect(await bytesAt(sent.body)).toBe("one\n");
    expect((await world.request(path, { ...browser, method: "POST" })).status).toBe(200);
    expect((await curl([sent.body.trim()])).status).toBe(404);
    const { links } = await world.app.links.trash.list(operator, world.people.alice.id);
    expect(links.map(({ content }) => content?.name)).toContain("one.txt");
  });
});

describe("help", () => {
  test("shows curl the address of the site", async () => {
    const { status, body, headers } = await curl([`${site}/`]);
    expect([status, headers.get("content-type")]).toEqual([200, "text/plain; charset=utf-8"]);
    expect(body).toContain(`curl -u :KEY -F file=@photo.jpg ${site}/`);
  });

  test("leaves browsers what they had", async () => {
    const { status } = await world.request("/", { headers: { accept: "text/html,*/*;q=0.8" } });
    expect(status).toBe(303);
  });
});
