import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { MAX_SOURCE, Renderer } from "../../src/pages/renderer.ts";
import { text } from "../../src/pages/text.en.ts";
import { Problem } from "../../src/problem.ts";
import { formatCount } from "../../src/text/format.ts";
import { useLanguage } from "../../src/text/language.ts";
import { failureOf } from "../failure.ts";
import { pathological } from "./pathological.ts";

const OPTIONS = { nofollow: true };

/** Takes minutes to render: quadratic in its length. */
const SLOW = `[^a]: b\n\n${"[^".repeat(200_000)}`;

let renderer: Renderer;

function open(limits: ConstructorParameters<typeof Renderer>[0] = {}): Renderer {
  renderer = new Renderer(limits);
  return renderer;
}

afterEach(() => renderer.close());

test("renders a document in the thread", async () => {
  const rendered = await open().render("# Tea\n\nis *hot*", OPTIONS);
  expect(rendered).toMatchObject({ title: "Tea", description: "is hot", contents: [] });
  expect(rendered.html).toContain('<p dir="auto">is <em>hot</em></p>');
});

test("answers concurrent requests with their own documents", async () => {
  const render = (source: string) => renderer.render(source, OPTIONS);
  open();
  const all = await Promise.all(["a", "b", "c"].map(render));
  expect(all.map(({ html }) => html.trim())).toEqual([
    '<p dir="auto">a</p>',
    '<p dir="auto">b</p>',
    '<p dir="auto">c</p>',
  ]);
});

test("refuses a document that takes too long, renders those behind it, and does not block the calling thread", async () => {
  open({ deadlineMs: 200 });
  let turns = 0;
  const turning = setInterval(() => turns++, 5);
  const slow = failureOf(renderer.render(SLOW, OPTIONS));
  const quick = renderer.render("quick", OPTIONS);
  expect(await slow).toMatchObject({ code: "invalid", message: text.tooSlow });
  expect((await quick).html.trim()).toBe('<p dir="auto">quick</p>');
  clearInterval(turning);
  expect(turns).toBeGreaterThan(10);
});

test("adds texts in the current language", async () => {
  open();
  const source = "> [!NOTE]\n> a";
  try {
    useLanguage("en-xa");
    expect((await renderer.render(source, OPTIONS)).html).toContain(text.alerts.note);
  } finally {
    useLanguage("en");
  }
  expect((await renderer.render(source, OPTIONS)).html).toContain(text.alerts.note);
});

describe("refuses", () => {
  test.each<[string, string, Partial<Problem>]>([
    [
      "a document that is too long",
      "a".repeat(MAX_SOURCE + 1),
      { code: "too_large", message: text.tooLong(formatCount(MAX_SOURCE)) },
    ],
    [
      "a document that becomes a page of many megabytes",
      `[a]: ${"/u".repeat(4_000)}\n\n${"[a] ".repeat(2_000)}`,
      { code: "invalid", message: text.tooComplex },
    ],
  ])("%s", async (_, source, problem) => {
    expect(await failureOf(open({ deadlineMs: 20_000 }).render(source, OPTIONS))).toMatchObject(
      problem,
    );
  });

  test("a document when too many are waiting", async () => {
    open({ maxWaiting: 2 });
    const waiting = ["a", "b", "e"].map((source) => renderer.render(source, OPTIONS));
    expect(await failureOf(renderer.render("c", OPTIONS))).toMatchObject({
      code: "busy",
      retryAfterSeconds: 1,
    });
    await Promise.all(waiting);
    expect((await renderer.render("d", OPTIONS)).html.trim()).toBe('<p dir="auto">d</p>');
  });

  test("documents in progress and later ones after it was closed", async () => {
    open();
    const failures = ["a", "b"].map((source) => failureOf(renderer.render(source, OPTIONS)));
    renderer.close();
    const later = failureOf(renderer.render("c", OPTIONS));
    for (const failure of await Promise.all([...failures, later])) {
      expect(failure).toMatchObject({ code: "busy" });
    }
  });
});

test("ends an idle thread and starts another for the next document", async () => {
  open({ idleMs: 0 });
  await renderer.render("a", OPTIONS);
  await Bun.sleep(5);
  expect((await renderer.render("b", OPTIONS)).html.trim()).toBe('<p dir="auto">b</p>');
});

test("a thread that was started beforehand ends, and fails no document beside it", async () => {
  open();
  const [, rendered] = await Promise.all([renderer.prepare(), renderer.render("a", OPTIONS)]);
  expect(rendered.html.trim()).toBe('<p dir="auto">a</p>');
  await renderer.prepare();
  expect((await renderer.render("b", OPTIONS)).html.trim()).toBe('<p dir="auto">b</p>');
});

test("starts no thread beforehand once it is closed", async () => {
  open().close();
  await renderer.prepare();
  expect(await failureOf(renderer.render("a", OPTIONS))).toMatchObject({ code: "busy" });
});

describe("shows or refuses a pathological document of 10,000 repetitions", () => {
  const one = new Renderer();

  afterAll(() => one.close());

  test.each(Object.entries(pathological))(
    "%s",
    async (_, make) => {
      const outcome = await one.render(make(10_000), OPTIONS).catch((thrown: unknown) => thrown);
      if (outcome instanceof Problem) expect(["invalid", "too_large"]).toContain(outcome.code);
      else expect(outcome).toMatchObject({ html: expect.any(String) });
    },
    60_000,
  );
});
