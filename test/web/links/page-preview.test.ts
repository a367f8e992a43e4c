/** What a page will look like: POST /-/preview beside the editor, GET /-/preview/<code> on a link's page. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text } from "../../../src/pages/text.en.ts";
import { share } from "../../share.ts";
import { as, form, openTestApp, type World } from "../../world.ts";

const TEXT = "# Tea\n\nis *hot*";

let world: World;
let alice: string;
let bob: string;

beforeAll(async () => {
  world = await openTestApp({ settings: { "server.content_origin": "https://content.test" } });
  const { people } = world;
  await share(world, people.alice, { code: "doc", name: "a.md", bytes: TEXT, kind: "markdown" });
  await share(world, people.alice, { code: "page", name: "a.html", bytes: "<p>P", kind: "html" });
  await share(world, people.alice, { code: "file", name: "a.txt", bytes: "text" });
  await world.app.accounts.users.changePreferences(as(people.alice), people.alice.id, {
    markdownTheme: "vapor",
  });
  [alice, bob] = [await world.signIn(people.alice), await world.signIn(people.bob)];
});
afterAll(() => world.close());

const post = (fields: Record<string, string>, cookie = alice) =>
  world.request("/-/preview", form(fields, cookie));

const read = (path: string, cookie: string) =>
  world.request(path, { headers: { cookie, "sec-fetch-dest": "iframe" } });

/** What is around the document: its title and what stands between it and the page's foot. */
const shownIn = (html: string) => [
  /<title>.*<\/title>/.exec(html)?.[0],
  /<main[\s\S]*<\/main>/.exec(html)?.[0],
  /<link rel="stylesheet"[\s\S]*<\/head>/.exec(html)?.[0],
];

test("a text, stored or not, is shown just as its reader will find it published", async () => {
  const published = shownIn(await (await read("/doc", alice)).text());
  expect(published[2]).toMatch(/vapor-document\.\w+\.css/);
  expect(shownIn(await (await post({ kind: "markdown", text: TEXT })).text())).toEqual(published);
  expect(shownIn(await (await read("/-/preview/doc", alice)).text())).toEqual(published);
});

test("it may stand in a frame of ours and nowhere else, and nobody keeps it", async () => {
  for (const response of [
    await post({ kind: "markdown", text: TEXT }),
    await read("/-/preview/doc", alice),
    await post({ kind: "html", text: "<script>1</script>" }),
    await read("/-/preview/page", alice),
  ]) {
    expect(response.status).toBe(200);
    expect(response.headers.get("content-security-policy")).toContain("frame-ancestors 'self'");
    expect(response.headers.get("cache-control")).toBe("no-store");
  }
});

test("a web page is shown in its sandbox, also where it will run on a host of its own", async () => {
  const typed = await post({ kind: "html", text: "<script>1</script>" });
  expect(await typed.text()).toBe("<script>1</script>");
  for (const response of [typed, await read("/-/preview/page", alice)]) {
    const policy = response.headers.get("content-security-policy");
    expect(policy).toStartWith("sandbox allow-scripts ");
    expect(policy).not.toContain("allow-same-origin");
  }
});

test("its title is the link's, where it has one", async () => {
  const html = await (await post({ kind: "markdown", text: TEXT, title: " <Mine> " })).text();
  expect(html).toContain("<title>&lt;Mine&gt;</title>");
});

test("shows the source of a text that cannot be rendered, with the reason", async () => {
  const source = `[a]: ${"/u".repeat(4_000)}\n\n${"[a] ".repeat(2_000)}`;
  const response = await post({ kind: "markdown", text: source });
  expect(response.status).toBe(200);
  expect(await response.text()).toContain(text.tooComplex);
});

test("a look at a link is no visit, and is also had while the link is off", async () => {
  await world.app.links.edit(as(world.people.alice), "doc", { disabled: true });
  expect((await read("/-/preview/doc", alice)).status).toBe(200);
  await world.app.links.edit(as(world.people.alice), "doc", { disabled: false });
  const visits = async () => {
    await world.app.visits.flush();
    return (await world.app.links.get(as(world.people.alice), "doc")).visits;
  };
  const before = await visits();
  await read("/-/preview/doc", alice);
  expect(await visits()).toBe(before);
});

test("a link's page shows it in a frame that allows no more than it needs; other kinds have none", async () => {
  const frameOn = async (code: string) =>
    /<iframe[^>]*>/.exec(await (await read(`/-/links/${code}`, alice)).text())?.[0] ?? "";
  expect(await frameOn("doc")).toMatch(/src="\/-\/preview\/doc" sandbox="allow-same-origin"/);
  expect(await frameOn("page")).toMatch(/src="\/-\/preview\/page" sandbox="allow-scripts"/);
  expect(await frameOn("file")).toBe("");
});

describe("is refused", () => {
  test.each([
    ["another's link", "/-/preview/doc", 404],
    ["a link that is not there", "/-/preview/nothing", 404],
  ])("%s", async (_, path, status) => {
    expect((await read(path, bob)).status).toBe(status);
  });

  test("a link that has no page", async () => {
    expect((await read("/-/preview/file", alice)).status).toBe(404);
  });

  test("a stranger", async () => {
    expect((await world.request("/-/preview", form({ kind: "markdown", text: "x" }))).status).toBe(
      401,
    );
    expect((await world.request("/-/preview/doc")).headers.get("location")).toStartWith(
      "/auth/login",
    );
  });

  test("another kind of text", async () => {
    expect((await post({ kind: "redirect", text: "x" })).status).toBe(400);
    expect((await post({ text: "x" })).status).toBe(400);
  });

  test("more than 4 MB", async () => {
    expect((await post({ kind: "markdown", text: "a".repeat(4_194_305) })).status).toBe(413);
  });

  test("a form of another site's", async () => {
    const { headers, ...sent } = form({ kind: "markdown", text: "x" }, alice);
    const foreign = { ...sent, headers: { ...headers, "sec-fetch-site": "cross-site" } };
    expect((await world.request("/-/preview", foreign)).status).toBe(403);
  });
});
