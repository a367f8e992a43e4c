/** Fields that a form of links would lose silently: `POST /add`, `/edit_link/<code>` and `/-/links`. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text as formText } from "../../../../src/http/text.en.ts";
import { text as linkText } from "../../../../src/links/text.en.ts";
import { text } from "../../../../src/web/links/form/text.en.ts";
import { text as listText } from "../../../../src/web/links/list/text.en.ts";
import { as, openTestApp, type World } from "../../../world.ts";

let world: World;
let alice: string;

beforeAll(async () => {
  world = await openTestApp();
  alice = await world.signIn(world.people.alice);
  await send("/add", "url=https://example.com/&short_code=there");
});
afterAll(() => world.close());

const URLENCODED = "application/x-www-form-urlencoded";

async function send(path: string, body: string | FormData, accept = "*/*") {
  const headers: Record<string, string> = { cookie: alice, accept };
  if (typeof body === "string") headers["content-type"] = URLENCODED;
  return await world.request(path, { method: "POST", headers, body });
}

/** The problems by field, as a program gets them. */
async function problemsOf(path: string, body: string | FormData) {
  const response = await send(path, body, "application/json");
  const { errors } = (await response.json()) as { errors?: Record<string, string> };
  return { status: response.status, errors };
}

const files = (...names: readonly string[]) => {
  const form = new FormData();
  for (const name of names) form.append(name, new File(["text"], `${name}.txt`));
  return form;
};

describe("a form of a link", () => {
  test.each([
    [
      "/add",
      "url=https://e.example/&expire_in=2h",
      { expire_in: formText.form.unknownField("expire_in") },
    ],
    ["/add", "url=https://e.example/?a=1&b=2", { b: formText.form.unknownField("b") }],
    ["/edit_link/there", "titel=x", { titel: formText.form.unknownField("titel") }],
    [
      "/-/links",
      "codes=there&action=expire&expire_in=2h",
      { expire_in: formText.form.unknownField("expire_in") },
    ],
  ])("at %s with %p is refused by the name of the unknown field", async (path, body, errors) => {
    expect(await problemsOf(path, body)).toEqual({ status: 422, errors });
    expect((await send(path, body)).status).toBe(422);
  });

  test.each([
    ["/add", "url=https://a.example/&url=https://b.example/", "url"],
    ["/add", "url=https://a.example/&title=x&title=x", "title"],
    ["/edit_link/there", "disabled=off&disabled=on", "disabled"],
    ["/edit_link/there", "inline=on&inline=on", "inline"],
    ["/-/links", "codes=there&action=delete&action=expire", "action"],
  ])("at %s with %p is refused by the name of the repeated field", async (path, body, field) => {
    const errors = { [field]: formText.form.repeatedField(field) };
    expect(await problemsOf(path, body)).toEqual({ status: 422, errors });
    expect((await send(path, body, "text/html")).status).toBe(422);
  });

  test("from a browser may have a field that an extension added, and a box with its hidden field", async () => {
    const body = "url=https://e.example/&extension=1&disabled=on&disabled=off";
    const added = await send("/add", body, "text/html,*/*;q=0.8");
    expect(added.status).toBe(303);
    const code = added.headers.get("location")?.split("/").at(-1) ?? "";
    expect((await world.app.links.get(as(world.people.alice), code)).disabled).toBe(true);
  });

  test.each([
    [files("file", "file"), { file: formText.form.repeatedField("file") }],
    [files("file", "markdown_file"), { markdown_file: text.source.otherKind }],
  ])("with several files is refused", async (body, errors) => {
    expect(await problemsOf("/add", body)).toEqual({ status: 422, errors });
  });

  test("with a file beside the destination of a redirect is refused", async () => {
    const body = files("html_file");
    body.append("url", "https://example.com/");
    const errors = { html_file: text.source.otherKind };
    expect(await problemsOf("/add", body)).toEqual({ status: 422, errors });
  });
});

describe("another short code for a link", () => {
  test("is refused in a form and in JSON where another link has it, with the reason", async () => {
    await send("/add", "short_code=other&url=https://example.com/");
    const errors = { short_code: linkText.shortCode.taken("other") };
    const body = "short_code=other";
    expect(await problemsOf("/edit_link/there", body)).toEqual({ status: 422, errors });
    const headers = { cookie: alice, "content-type": "application/json" };
    const json = JSON.stringify({ short_code: "other" });
    const response = await world.request("/edit_link/there", {
      method: "POST",
      headers,
      body: json,
    });
    expect([response.status, await response.json()]).toMatchObject([422, { errors }]);
  });

  test("may be the one that it has", async () => {
    expect((await send("/edit_link/there", "short_code=there&title=Same")).status).toBe(303);
    const headers = { cookie: alice, "content-type": "application/json" };
    const body = JSON.stringify({ short_code: "there", title: "Same" });
    const response = await world.request("/edit_link/there", { method: "POST", headers, body });
    expect(response.status).toBe(200);
  });
});

test("several links, of which some do not exist, are not changed for a program", async () => {
  const errors = { codes: listText.bulk.notFound("none and gone") };
  const body = "codes=there,none&codes=gone&action=delete";
  expect(await problemsOf("/-/links", body)).toEqual({ status: 422, errors });
  expect((await world.request("/there")).status).toBe(302);
});
