import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text } from "../../../../src/links/text.en.ts";
import { as, ORIGIN, openTestApp, START, type World } from "../../../world.ts";

let world: World;
let alice: string;

beforeAll(async () => {
  world = await openTestApp();
  alice = await world.signIn(world.people.alice);
});
afterAll(() => world.close());

const stored = (code: string) => world.app.links.get(as(world.people.alice), code);

async function send(path: string, body: unknown, cookie = alice) {
  const headers = { cookie, "content-type": "application/json" };
  const response = await world.request(path, {
    method: "POST",
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const answer = (await response.json()) as { short_code: string; errors?: object };
  return { status: response.status, body: answer };
}

describe("POST /add with a JSON body", () => {
  test("creates a redirect with every option", async () => {
    const created = await send("/add", {
      short_code: "whole",
      kind: "redirect",
      target: "https://example.com/",
      title: " A title ",
      note: "Two\r\nlines",
      redirect_status: 308,
      expires_at: "2026-03-18T12:00:00Z",
      disabled: true,
      inline: false,
    });
    const answer = { short_code: "whole", shortCode: "whole", url: `${ORIGIN}/whole` };
    expect(created).toEqual({ status: 201, body: answer });
    expect(await stored("whole")).toMatchObject({
      target: "https://example.com/",
      title: "A title",
      note: "Two\nlines",
      redirectStatus: 308,
      expiresAt: START + 86_400_000,
      disabled: true,
    });
  });

  test("takes null as the default, and a span as the expiry", async () => {
    const body = {
      short_code: null,
      target: "https://example.com/",
      title: null,
      redirect_status: null,
      expires_at: "2h",
      disabled: null,
    };
    const created = await send("/add", body);
    expect(created.status).toBe(201);
    expect(await stored(created.body.short_code)).toMatchObject({
      title: "",
      redirectStatus: 302,
      expiresAt: START + 7_200_000,
      disabled: false,
    });
  });

  test.each([
    ["file", "notes.txt"],
    ["markdown", "notes.md"],
    ["html", "notes.html"],
  ])("creates a %s link of its content", async (kind, name) => {
    const body = { short_code: `of-${kind}`, kind, title: "notes", content: "# Hello" };
    expect((await send("/add", body)).status).toBe(201);
    expect(await stored(`of-${kind}`)).toMatchObject({ kind, content: { name, size: 7 } });
  });

  const target = "https://example.com/";
  test.each<[string, unknown, Record<string, string>]>([
    ["no destination", {}, { target: text.target.missing }],
    ["a wrong type", { target, title: 7 }, { title: text.input.noText }],
    ["a flag as text", { target, disabled: "on" }, { disabled: text.input.noBoolean }],
    ["an unknown kind", { kind: "carrot" }, { kind: text.input.unknownKind }],
    [
      "an unknown redirect status",
      { target, redirect_status: 303 },
      { redirect_status: text.input.unknownRedirectStatus },
    ],
    ["a past expiry", { target, expires_at: 1 }, { expires_at: text.expiry.inThePast }],
    ["an odd expiry", { target, expires_at: true }, { expires_at: text.expiry.unreadable }],
    ["an unknown field", { target, url: target }, { url: text.input.unknownField }],
    ["a file without content", { kind: "file" }, { content: text.input.noContent }],
    [
      "a destination of a file",
      { kind: "file", content: "x", target },
      { target: text.target.onlyForRedirects },
    ],
    [
      "several faults",
      { short_code: "a b", title: "x".repeat(201) },
      {
        short_code: text.shortCode.badCharacters,
        target: text.target.missing,
        title: text.input.titleTooLong,
      },
    ],
  ])("rejects %s", async (_, body, errors) => {
    expect(await send("/add", body)).toMatchObject({ status: 422, body: { code: "invalid" } });
    expect<object | undefined>((await send("/add", body)).body.errors).toEqual(errors);
  });

  test.each(["[]", "1", "null", "{"])("rejects %s, which is no object", async (body) => {
    expect((await send("/add", body)).status).toBe(400);
  });
});

describe("POST /edit_link with a JSON body", () => {
  test("keeps absent fields and clears null ones", async () => {
    const whole = { target: "https://example.com/", title: "T", note: "N", expires_at: "7d" };
    await send("/add", { ...whole, short_code: "kept", redirect_status: 301 });
    const changed = await send("/edit_link/kept", { title: null, expires_at: null });
    expect(changed.status).toBe(200);
    expect(await stored("kept")).toMatchObject({
      target: "https://example.com/",
      title: "",
      note: "N",
      expiresAt: null,
      redirectStatus: 301,
    });
  });

  test("turns a redirect into a document and back", async () => {
    await send("/add", { target: "https://example.com/", short_code: "turns" });
    const without = await send("/edit_link/turns", { kind: "markdown" });
    expect(without.body.errors).toEqual({ content: text.input.noContent });
    await send("/edit_link/turns", { kind: "markdown", content: "# Hello" });
    expect(await stored("turns")).toMatchObject({ kind: "markdown", target: "" });
    const back = await send("/edit_link/turns", { kind: "redirect" });
    expect(back.body.errors).toEqual({ target: text.target.missing });
    await send("/edit_link/turns", { kind: "redirect", target: "https://example.org/" });
    expect(await stored("turns")).toMatchObject({ kind: "redirect", content: null });
  });

  test("finds no link of another user", async () => {
    await send("/add", { target: "https://example.com/", short_code: "hers" });
    const bob = await world.signIn(world.people.bob);
    expect((await send("/edit_link/hers", { title: "X" }, bob)).status).toBe(404);
  });
});
