/** Responses that are expensive to make, asked for by many or by one client very often. */
import { afterEach, describe, expect, test } from "bun:test";
import type { Settings } from "../../src/config/settings.ts";
import { share } from "../share.ts";
import { form, openTestApp, type World } from "../world.ts";

let world: World;

async function open(settings: Partial<Settings> = {}): Promise<void> {
  world = await openTestApp({ settings });
}
afterEach(() => world.close());

/** An ordinary Python file of 45 KB: a quarter of a second of work. */
const source = (n: number) =>
  `# ${n}\n${'def greet(name: str) -> str:\n    return f"Hello, {name}"\n\n\n'.repeat(750)}`;

const addFile = (code: string, bytes: string, name = "a.py") =>
  share(world, world.people.bob, { code, name, bytes });

const view = (code: string, peer: string) => world.request(`/-/view/${code}`, { peer });

function saveDocument(cookie: string, n: number): Promise<Response> {
  const fields = {
    link_type: "markdown",
    markdown_input_type: "text",
    markdown_text_content: `# Notes ${n}`,
  };
  const headers = { cookie, accept: "application/json" };
  return world.request("/add", { ...form(fields), headers });
}

function counted(responses: readonly Response[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of responses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe("a source file", () => {
  test("is highlighted once, however many ask at once and after", async () => {
    await open();
    await addFile("code", source(0));
    let rendered = 0;
    const { renderer } = world.app.pages;
    const render = renderer.render.bind(renderer);
    renderer.render = (...words) => {
      rendered++;
      return render(...words);
    };
    const peers = Array.from({ length: 24 }, (_, n) => `198.51.100.${n}`);
    const responses = await Promise.all(peers.map((peer) => view("code", peer)));
    responses.push(await view("code", "203.0.113.9"));
    for (const response of responses)
      expect(await response.text()).toContain('<span class="hljs-keyword">def</span>');
    expect(rendered).toBe(1);
  });

  test("of each of 24 viewers lets every document be saved, also previewed", async () => {
    await open();
    const clients = Array.from({ length: 24 }, (_, n) => [4 * n, 4 * n + 1, 4 * n + 2, 4 * n + 3]);
    for (const n of clients.flat()) await addFile(`code${n}`, source(n).slice(0, 15_000));
    const cookie = await world.signIn(world.people.alice);
    let isSaved = false;
    const viewing = clients.map(async (files, client) => {
      const pages: Response[] = [];
      // Cached answers need no turn of the event loop: without one, the saves would wait for ever.
      for (let at = 0; at < files.length || (at < 100 && !isSaved); at++) {
        pages.push(await view(`code${files[at % files.length]}`, `198.51.100.${client}`));
        await new Promise(setImmediate);
      }
      return pages;
    });
    const saved: Response[] = [];
    for (let n = 0; n < 20; n++) saved.push(await saveDocument(cookie, n));
    isSaved = true;
    expect(counted(saved)).toEqual({ 201: 20 });
    const preview = form({ kind: "markdown", text: "# New" }, cookie);
    expect((await world.request("/-/preview", preview)).status).toBe(200);
    const viewed = (await Promise.all(viewing)).flat();
    expect(counted(viewed)).toEqual({ 200: viewed.length });
  }, 60_000);

  test("is shown plain to a network that has two waiting", async () => {
    await open();
    for (let n = 0; n < 5; n++) await addFile(`code${n}`, source(n));
    const asked = Array.from({ length: 5 }, (_, n) => view(`code${n}`, `2001:db8::${n + 1}`));
    const pages = await Promise.all((await Promise.all(asked)).map((page) => page.text()));
    expect(pages.filter((html) => html.includes("hljs-keyword"))).toHaveLength(3);
    expect(pages.filter((html) => html.includes("def greet"))).toHaveLength(2);
  }, 60_000);
});

test("one account's previews leave room for others", async () => {
  await open();
  const [alice, bob] = [
    await world.signIn(world.people.alice),
    await world.signIn(world.people.bob),
  ];
  const preview = (cookie: string, n: number) =>
    world.request("/-/preview", form({ kind: "markdown", text: `${source(n)}\n*a*` }, cookie));
  const many = Array.from({ length: 30 }, (_, n) => preview(alice, n));
  expect((await preview(bob, 99)).status).toBe(200);
  const counts = counted(await Promise.all(many));
  expect(counts[503]).toBeGreaterThan(0);
  // Previews of more than 4 KB are uploads, of which an account may have a few at a time.
  expect((counts[200] ?? 0) + (counts[503] ?? 0) + (counts[429] ?? 0)).toBe(30);
}, 60_000);

test("documents of one network are refused beyond two that wait, with Retry-After", async () => {
  await open();
  const bytes = (n: number) => `# ${n}\n\n${"a *word* or two\n\n".repeat(5_000)}`;
  for (let n = 0; n < 6; n++)
    await share(world, world.people.bob, {
      code: `doc${n}`,
      name: "a.md",
      bytes: bytes(n),
      kind: "markdown",
    });
  const responses = await Promise.all(
    Array.from({ length: 6 }, (_, n) => world.request(`/doc${n}`)),
  );
  expect(counted(responses)).toEqual({ 200: 3, 503: 3 });
  const refused = responses.find(({ status }) => status === 503);
  expect(refused?.headers.get("retry-after")).toBe("1");
}, 60_000);

describe("CPU time is limited", () => {
  const LIMITED = { "limits.stranger_cpu_ms": 500, "limits.account_cpu_ms": 1000 };

  const ask = async (path: (n: number) => string, times: number, init: object = {}) => {
    const responses: Response[] = [];
    for (let n = 0; n < times; n++) responses.push(await world.request(path(n), init));
    return responses;
  };

  test("for QR codes by network, but not for one that was drawn before", async () => {
    await open(LIMITED);
    await addFile("file", "a");
    const same = await ask(() => "/-/qr/file.svg", 100);
    expect(counted(same)).toEqual({ 200: 100 });
    const sizes = (n: number) => `/-/qr/file.png?size=${100 + n}`;
    const drawn = await ask(sizes, 100, { peer: "2001:db8::1" });
    expect(counted(drawn)[429]).toBeGreaterThan(50);
    expect(drawn.at(-1)?.headers.get("retry-after")).toMatch(/^[1-9]/);
    const neighbour = await world.request("/-/qr/file.png?size=999", { peer: "2001:db8::2" });
    expect(neighbour.status).toBe(429);
    const other = await world.request("/-/qr/file.png?size=999", { peer: "2001:db8:0:1::2" });
    expect(other.status).toBe(200);
    world.clock.advance(60_000);
    expect(counted(await ask(sizes, 10, { peer: "2001:db8::1" }))).toEqual({ 200: 10 });
  });

  test("for QR codes by the host they are asked for", async () => {
    await open(LIMITED);
    await addFile("file", "a");
    const answers: Response[] = [];
    for (let n = 0; n < 100; n++)
      answers.push(await world.request("/-/qr/file.svg", { headers: { host: `h${n}.example` } }));
    expect(counted(answers)[429]).toBeGreaterThan(50);
  });

  test("for file views and thumbnails", async () => {
    await open(LIMITED);
    await addFile("file", "a", "a.txt");
    expect(counted(await ask(() => "/-/view/file", 100))[429]).toBeGreaterThan(50);
    for (let n = 0; n < 4; n++) await addFile(`image${n}`, `GIF89a${n}`, "a.gif");
    const peer = "203.0.113.99";
    const thumbs = await ask((n) => `/-/thumb/image${n}`, 4, { peer });
    expect(thumbs.map(({ status }) => status)).toEqual([404, 429, 429, 429]);
    expect((await world.request("/-/thumb/image0", { peer })).status).toBe(404);
  });

  test("for the previews of an account, over its addresses, and not for what it saves", async () => {
    await open(LIMITED);
    const cookie = await world.signIn(world.people.alice);
    const bodies = Array.from({ length: 40 }, (_, n) => `# ${n}\n${"a ".repeat(5_000)}`);
    const previews: Response[] = [];
    for (const [n, text] of bodies.entries()) {
      const init = { ...form({ kind: "markdown", text }, cookie), peer: `198.51.100.${n}` };
      previews.push(await world.request("/-/preview", init));
    }
    expect(counted(previews)[429]).toBeGreaterThan(10);
    expect((await saveDocument(cookie, 1)).status).toBe(201);
  });
});
