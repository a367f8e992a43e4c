import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { MAX_SOURCE, Renderer } from "../../src/pages/renderer.ts";
import { Problem } from "../../src/problem.ts";
import { failureOf } from "../failure.ts";
import { pathological } from "./pathological.ts";

const OPTIONS = { nofollow: true };

/** Takes the square of its length: minutes, if it may. */
const SLOW = `[^a]: b\n\n${"[^".repeat(200_000)}`;

let renderer: Renderer;

function open(limits: ConstructorParameters<typeof Renderer>[0] = {}): Renderer {
  renderer = new Renderer(limits);
  return renderer;
}

afterEach(() => renderer.close());

test("a document comes back from the thread as it is rendered here", async () => {
  const rendered = await open().render("# Tea\n\nis *hot*", OPTIONS);
  expect(rendered).toMatchObject({ title: "Tea", description: "is hot", contents: [] });
  expect(rendered.html).toContain("<p>is <em>hot</em></p>");
});

test("documents asked for at once come back each to whoever asked", async () => {
  const { render } = { render: (text: string) => renderer.render(text, OPTIONS) };
  open();
  const all = await Promise.all(["a", "b", "c"].map(render));
  expect(all.map(({ html }) => html.trim())).toEqual(["<p>a</p>", "<p>b</p>", "<p>c</p>"]);
});

test("one that takes too long is refused, those behind it are not, and this thread goes on", async () => {
  open({ deadlineMs: 200 });
  let turns = 0;
  const turning = setInterval(() => turns++, 5);
  const slow = failureOf(renderer.render(SLOW, OPTIONS));
  const quick = renderer.render("quick", OPTIONS);
  expect(await slow).toMatchObject({
    code: "invalid",
    message: "This document takes too long to show. Make it shorter or simpler.",
  });
  expect((await quick).html.trim()).toBe("<p>quick</p>");
  clearInterval(turning);
  expect(turns).toBeGreaterThan(10);
});

describe("is refused with a message", () => {
  test.each<[string, string, Partial<Problem>]>([
    [
      "a document that is too long",
      "a".repeat(MAX_SOURCE + 1),
      {
        code: "too_large",
        message: "This document is too long: 500,000 characters are the most.",
      },
    ],
    [
      "one that makes a page of many megabytes",
      `[a]: ${"/u".repeat(4_000)}\n\n${"[a] ".repeat(2_000)}`,
      { code: "invalid", message: "This document is too intricate to be shown as a page." },
    ],
  ])("%s", async (_, source, problem) => {
    expect(await failureOf(open({ deadlineMs: 20_000 }).render(source, OPTIONS))).toMatchObject(
      problem,
    );
  });

  test("one more than may wait", async () => {
    open({ maxWaiting: 2 });
    const waiting = ["a", "b"].map((text) => renderer.render(text, OPTIONS));
    expect(await failureOf(renderer.render("c", OPTIONS))).toMatchObject({
      code: "busy",
      retryAfterSeconds: 1,
    });
    await Promise.all(waiting);
    expect((await renderer.render("d", OPTIONS)).html.trim()).toBe("<p>d</p>");
  });

  test("what is under way and what comes later, once it is closed", async () => {
    open();
    const failures = ["a", "b"].map((text) => failureOf(renderer.render(text, OPTIONS)));
    renderer.close();
    const later = failureOf(renderer.render("c", OPTIONS));
    for (const failure of await Promise.all([...failures, later])) {
      expect(failure).toMatchObject({ code: "busy" });
    }
  });
});

test("a thread that was idle has ended, and the next document starts another", async () => {
  open({ idleMs: 0 });
  await renderer.render("a", OPTIONS);
  await Bun.sleep(5);
  expect((await renderer.render("b", OPTIONS)).html.trim()).toBe("<p>b</p>");
});

describe("made to be slow, 10,000 times: shown, or refused with a message", () => {
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
