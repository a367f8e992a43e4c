import { expect, test } from "bun:test";
import { RenderQueue, type RenderQueueName } from "../../src/pages/render-queue.ts";
import { failureOf } from "../failure.ts";

/** A queue whose first rendering lasts until it is ended, and the order in which others run. */
function busyQueue(maxWaiting?: number) {
  const queue = new RenderQueue(maxWaiting);
  const ran: string[] = [];
  const first = Promise.withResolvers<void>();
  const begin = (name: RenderQueueName, by: string | null, work: () => Promise<void>) =>
    queue.run({ queue: name, by, spend: () => {} }, work);
  const running = begin("save", "first", () => first.promise);
  const add = (name: RenderQueueName, by: string | null, label = `${name} ${by}`) =>
    begin(name, by, async () => void ran.push(label));
  return { add, ran, end: first.resolve, running };
}

test("runs saves before previews, and previews before opened pages", async () => {
  const { add, ran, end } = busyQueue();
  const all = [add("visit", "a"), add("preview", "b"), add("save", "c")];
  end();
  await Promise.all(all);
  expect(ran).toEqual(["save c", "preview b", "visit a"]);
});

test("lets callers take turns", async () => {
  const { add, ran, end } = busyQueue();
  const all = [add("save", "a", "a1"), add("save", "a", "a2"), add("save", "b", "b1")];
  end();
  await Promise.all(all);
  expect(ran).toEqual(["a1", "b1", "a2"]);
});

test("lets one caller wait for two previews or pages, and others find room", async () => {
  const { add, end } = busyQueue();
  const all = ["preview", "visit"].flatMap((name) => {
    const queue = name as RenderQueueName;
    return [add(queue, "a"), add(queue, "a"), add(queue, "b"), add(queue, null), add(queue, null)];
  });
  for (const queue of ["preview", "visit"] as const)
    expect(await failureOf(add(queue, "a"))).toMatchObject({ code: "busy", retryAfterSeconds: 1 });
  end();
  await Promise.all(all);
});

test("bounds each queue apart from the others", async () => {
  const { add, end } = busyQueue(2);
  const all = [add("visit", "a"), add("visit", "b")];
  expect(await failureOf(add("visit", "c"))).toMatchObject({ code: "busy" });
  all.push(add("save", "c"));
  end();
  await Promise.all(all);
});

test("goes on after a rendering that failed", async () => {
  const { add, ran, end, running } = busyQueue();
  const queue = new RenderQueue();
  const failing = queue.run({ queue: "save", by: null, spend: () => {} }, async () => {
    throw new Error("failed");
  });
  expect(await failureOf(failing)).toMatchObject({ message: "failed" });
  end();
  await running;
  await add("save", "a");
  expect(ran).toEqual(["save a"]);
});
