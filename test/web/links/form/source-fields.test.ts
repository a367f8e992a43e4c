/** Documents and pages written in the forms of a link: what becomes of a text, and what every bad one gets. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text as files } from "../../../../src/files/text.en.ts";
import { text } from "../../../../src/links/text.en.ts";
import { MAX_SOURCE } from "../../../../src/pages/renderer.ts";
import { text as pages } from "../../../../src/pages/text.en.ts";
import { formatBytes, formatCount } from "../../../../src/text/format.ts";
import { type FileSite, openFileSite } from "../../file-site.ts";

let site: FileSite;

beforeAll(async () => {
  site = await openFileSite();
});
afterAll(() => site.close());

type Fields = Readonly<Record<string, string | File>>;

const URLENCODED = "application/x-www-form-urlencoded";

/** In multipart data `fetch` would write every line end as CR LF. */
const isText = (fields: Fields): fields is Readonly<Record<string, string>> =>
  Object.values(fields).every((value) => typeof value === "string");

function formOf(fields: Fields): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
}

const post = (path: string, fields: Fields) =>
  isText(fields)
    ? site.post(path, new URLSearchParams(fields).toString(), { type: URLENCODED })
    : site.post(path, formOf(fields));
const file = (name: string, content: string | Uint8Array<ArrayBuffer>) => new File([content], name);

/** Exactly what is stored. */
async function bytesOf(shortCode: string): Promise<Buffer> {
  const { content } = await site.stored(shortCode);
  if (content === null) throw new Error(`${shortCode} has no bytes.`);
  return Buffer.from(await (await site.world.app.files.blobs.open(content)).bytes());
}

const textOf = async (shortCode: string) => (await bytesOf(shortCode)).toString();

async function page(path: string): Promise<string> {
  const headers = { cookie: site.cookie };
  return await (await fetch(site.origin + path, { headers })).text();
}

async function refusalOf(path: string, fields: Fields) {
  const response = await post(path, fields);
  const { errors = {} } = (await response.json()) as { errors?: Record<string, string> };
  return [response.status, errors] as const;
}

describe("a text", () => {
  test("becomes a document, named after its title", async () => {
    const text = "# Hello\n\nA *word*.\n";
    const fields = { link_type: "markdown", short_code: "doc", title: "My a/b notes" };
    const response = await post("/add", {
      ...fields,
      markdown_input_type: "text",
      markdown_text_content: text,
    });
    expect(response.status).toBe(201);
    expect(await textOf("doc")).toBe(text);
    const { kind, title, content } = await site.stored("doc");
    expect([kind, title, content?.name]).toEqual(["markdown", "My a/b notes", "My a-b notes.md"]);
    expect(await site.open("doc")).toContain("<em>word</em>");
  });

  test("becomes a web page, named after its short code, to the byte", async () => {
    const text = "<!doctype html>\r\n<title>Hi</title><script>1 < 2</script>\n";
    const fields = { link_type: "html", short_code: "page", html_text_content: text };
    expect((await post("/add", fields)).status).toBe(201);
    expect([await textOf("page"), await site.open("page")]).toEqual([text, text]);
    expect((await site.stored("page")).content?.name).toBe("page.html");
  });

  test("is stored with the line ends, NUL and byte order mark it has", async () => {
    const text = "\ufeffone\r\ntwo\rthree\n\0four";
    await post("/add", { link_type: "markdown", short_code: "odd", markdown_text_content: text });
    expect((await bytesOf("odd")).equals(Buffer.from(text))).toBe(true);
    expect(await page("/edit_link/odd")).toContain("one\ntwo\nthree\n\ufffdfour</textarea>");
    expect(await site.open("odd")).toContain("three");
  });

  test("with a script in it is stored as typed and shown harmless", async () => {
    const text = 'Hi <script>alert(1)</script> <img src=x onerror="alert(2)">';
    await post("/add", { link_type: "markdown", short_code: "evil", markdown_text_content: text });
    expect(await textOf("evil")).toBe(text);
    const shown = await site.open("evil");
    expect([shown.includes("<script>alert"), /<img[^>]*onerror/.test(shown)]).toEqual([
      false,
      false,
    ]);
    expect(await page("/edit_link/evil")).toContain("Hi &lt;script&gt;alert(1)&lt;/script&gt;");
  });
});

describe("of a file and a text", () => {
  const both = (fields: Readonly<Record<string, string>>) => ({
    link_type: "markdown",
    markdown_file: file("a.md", "from the file"),
    markdown_text_content: "from the text",
    ...fields,
  });

  test.each([
    ["the file counts if nothing is said", {}, "from the file"],
    ["the text, if it is said so", { markdown_input_type: "text" }, "from the text"],
    ["the file, if it is said so", { markdown_input_type: "file" }, "from the file"],
  ])("%s", async (_, fields, expected) => {
    const response = await post("/add", both(fields));
    const { shortCode } = (await response.json()) as { shortCode: string };
    expect(await textOf(shortCode)).toBe(expected);
  });
});

describe("a file", () => {
  test("of HTML given as a document becomes a web page", async () => {
    const fields = { link_type: "markdown", short_code: "was-md" };
    const answered = await post("/add", {
      ...fields,
      notice: "on",
      markdown_file: file("Index.HTM", "<p>Hi"),
    });
    expect(answered.headers.get("set-cookie")).toContain("became_page");
    expect((await site.stored("was-md")).kind).toBe("html");
    expect(await site.open("was-md")).toBe("<p>Hi");
  });

  test("named .md stays a web page where one is asked for", async () => {
    await post("/add", {
      link_type: "html",
      short_code: "md-page",
      html_file: file("a.md", "<b>"),
    });
    expect((await site.stored("md-page")).kind).toBe("html");
  });

  test("that is no UTF-8 is a document all the same, and edited by files alone", async () => {
    const latin = Buffer.from("caf\xe9", "latin1");
    await post("/add", {
      link_type: "markdown",
      short_code: "latin",
      markdown_file: file("l.md", latin),
    });
    expect((await bytesOf("latin")).equals(latin)).toBe(true);
    expect(await site.open("latin")).toContain("caf\ufffd");
    expect(await page("/edit_link/latin")).not.toContain('<textarea id="markdown');
  });
});

const BLANK = text.input.noContent;
const TOO_LONG = pages.tooLong(formatCount(MAX_SOURCE));
const TOO_LARGE = files.tooLarge(formatBytes(1_048_576));
const markdown = { link_type: "markdown", markdown_input_type: "text" };

describe("a file that is no text", () => {
  const PNG = Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "latin1");
  const refused = { markdown_file: text.input.notText };

  test.each<[string, Fields, Readonly<Record<string, string>>]>([
    ["a picture", { link_type: "markdown", markdown_file: file("a.png", PNG) }, refused],
    ["a picture named .md", { link_type: "markdown", markdown_file: file("a.md", PNG) }, refused],
    ["a PDF", { link_type: "markdown", markdown_file: file("a.md", "%PDF-1.4\n") }, refused],
    [
      "a picture as a web page",
      { link_type: "html", html_file: file("a.html", PNG) },
      { html_file: text.input.notText },
    ],
  ])("is refused as a page: %s", async (_, fields, errors) => {
    expect(await refusalOf("/add", fields)).toEqual([422, errors]);
    expect(site.halves()).toEqual([]);
  });

  test("does not replace a document, nor become one", async () => {
    await post("/add", { ...markdown, short_code: "kept-doc", markdown_text_content: "# Doc" });
    const replacing = { link_type: "markdown", markdown_file: file("image.png", PNG) };
    expect(await refusalOf("/edit_link/kept-doc", replacing)).toEqual([422, refused]);
    expect(await textOf("kept-doc")).toBe("# Doc");
    await post("/add", { short_code: "png", file: file("a.png", PNG) });
    expect(await refusalOf("/edit_link/png", { link_type: "markdown" })).toEqual([422, refused]);
    expect((await site.stored("png")).kind).toBe("file");
  });

  test("in UTF-16 is a text", async () => {
    const utf16 = Buffer.from("\ufeff# Tee", "utf16le");
    const fields = {
      link_type: "markdown",
      short_code: "wide",
      markdown_file: file("a.md", utf16),
    };
    expect((await post("/add", fields)).status).toBe(201);
  });
});

describe("a text that will not do", () => {
  test.each<[string, Fields, Readonly<Record<string, string>>]>([
    ["nothing", { ...markdown, markdown_text_content: "" }, { markdown_text_content: BLANK }],
    ["spaces", { ...markdown, markdown_text_content: " \n" }, { markdown_text_content: BLANK }],
    ["no page", { link_type: "html", html_text_content: "" }, { html_text_content: BLANK }],
    ["neither", { link_type: "markdown" }, { markdown_file: text.input.noContent }],
    [
      "a file that does not count",
      { ...markdown, markdown_file: file("a.md", "x"), markdown_text_content: "" },
      { markdown_text_content: BLANK },
    ],
    [
      "5 MB of Markdown",
      { ...markdown, markdown_text_content: "word ".repeat(1_000_000) },
      { markdown_text_content: TOO_LONG },
    ],
    [
      "a file of a long document",
      { link_type: "markdown", markdown_file: file("a.md", "word ".repeat(110_000)) },
      { markdown_file: TOO_LONG },
    ],
    [
      "2 MB of HTML where files have at most 1 MB",
      { link_type: "html", html_text_content: "<p>".repeat(700_000) },
      { html_text_content: TOO_LARGE },
    ],
  ])("%s is refused beside its field", async (_, fields, errors) => {
    expect(await refusalOf("/add", fields)).toEqual([422, errors]);
    expect(site.halves()).toEqual([]);
  });

  test("comes back in the form", async () => {
    const fields = { ...markdown, title: "x".repeat(300), markdown_text_content: "\n# kept <b>" };
    const response = await site.post("/add", formOf(fields), { accept: "text/html" });
    expect(response.status).toBe(422);
    expect(await response.text()).toContain("\n\r\n# kept &lt;b&gt;</textarea>");
  });
});

describe("an edit", () => {
  const write = (shortCode: string, text: string) =>
    post("/add", {
      link_type: "markdown",
      short_code: shortCode,
      title: "Kept",
      expires_in: "2h",
      markdown_text_content: text,
    });

  test("of a text is seen at once, keeps its name and how lines end, and all that a link has", async () => {
    await write("edited", "one\ntwo\n");
    const before = await site.stored("edited");
    await post("/edit_link/edited", {
      markdown_text_content: "one\r\nthree\r\n",
      expires_in: "2h",
    });
    expect(await textOf("edited")).toBe("one\nthree\n");
    const { title, expiresAt, content } = await site.stored("edited");
    expect([title, expiresAt, content?.name]).toEqual(["Kept", before.expiresAt, "Kept.md"]);
  });

  test.each<[string, Fields]>([
    ["without a text", {}],
    ["with the text it has, as a browser sends it", { markdown_text_content: "one\r\ntwo\r\n" }],
  ])("%s keeps the bytes", async (name, fields) => {
    const code = `same-${name.length}`;
    await write(code, "one\ntwo\n");
    const before = await site.stored(code);
    expect((await post(`/edit_link/${code}`, { title: "New", ...fields })).status).toBe(200);
    const { title, content } = await site.stored(code);
    expect([title, content]).toEqual(["New", before.content]);
  });

  test("to nothing is refused", async () => {
    await write("emptied", "one");
    const fields = { markdown_input_type: "text", markdown_text_content: "" };
    const expected = [422, { markdown_text_content: BLANK }] as const;
    expect(await refusalOf("/edit_link/emptied", fields)).toEqual(expected);
  });

  test("of a redirect can make it a document, and back", async () => {
    await post("/add", { short_code: "turns", url: "https://example.com/" });
    const fields = { link_type: "markdown", markdown_text_content: "Now a text" };
    expect((await post("/edit_link/turns", fields)).status).toBe(200);
    expect((await site.stored("turns")).content?.name).toBe("turns.md");
  });

  test("of a text that was sent as a file is possible in the page", async () => {
    await post("/add", { short_code: "notes", file: file("notes.txt", "first") });
    expect(await page("/edit_link/notes")).toContain("first</textarea>");
    await post("/edit_link/notes", { file_input_type: "text", file_text_content: "second" });
    expect([await textOf("notes"), (await site.stored("notes")).content?.name]).toEqual([
      "second",
      "notes.txt",
    ]);
  });

  test("of a file that is no text is by a file alone", async () => {
    await post("/add", { short_code: "zip", file: file("a.zip", "PK\x03\x04") });
    expect(await page("/edit_link/zip")).not.toContain("file_text_content");
  });
});

describe("without scripts", () => {
  test("a button shows the document in another tab, from the fields of the form", async () => {
    const fields = { kind: "markdown", title: "T", markdown_text_content: "A *word*" };
    const body = new URLSearchParams(fields).toString();
    const response = await site.post("/-/preview", body, { type: URLENCODED });
    expect([response.status, (await response.text()).includes("<em>word</em>")]).toEqual([
      200,
      true,
    ]);
    expect(await page("/add?link_type=markdown")).toContain('formaction="/-/preview"');
  });
});
