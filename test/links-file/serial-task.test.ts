import { expect, test } from "bun:test";
import { SerialTask } from "../../src/links-file/serial-task.ts";
import { until } from "../until.ts";

/** A task whose runs end when the test says so. */
function controlledTask() {
  const runs: PromiseWithResolvers<void>[] = [];
  const failures: unknown[] = [];
  const work = () => {
    const run = Promise.withResolvers<void>();
    runs.push(run);
    return run.promise;
  };
  return { runs, failures, task: new SerialTask(work, (err) => failures.push(err)) };
}

test("runs once more for all requests that arrive while it runs", async () => {
  const { runs, task } = controlledTask();
  for (let count = 0; count < 3; count++) task.request();
  expect(runs).toHaveLength(1);
  runs[0]?.resolve();
  await until(() => runs.length === 2, { what: "the second run" });
  runs[1]?.resolve();
  await Bun.sleep(0);
  expect(runs).toHaveLength(2);
});

test("reports a failure, and still does what was requested meanwhile", async () => {
  const { runs, failures, task } = controlledTask();
  task.request();
  task.request();
  runs[0]?.reject("broken");
  await until(() => runs.length === 2, { what: "the second run" });
  expect(failures).toEqual(["broken"]);
});

test("replaces a delayed request by a later one", async () => {
  const { runs, task } = controlledTask();
  task.requestAfter(1);
  task.requestAfter(5);
  await until(() => runs.length === 1, { what: "the run" });
  await Bun.sleep(10);
  expect(runs).toHaveLength(1);
});

test("starts no run after it is closed", async () => {
  const { runs, failures, task } = controlledTask();
  task.request();
  task.request();
  task.close();
  task.requestAfter(1);
  runs[0]?.reject("late");
  await Bun.sleep(5);
  expect([runs.length, failures]).toEqual([1, []]);
});
