/** Supervising processes that are no servers: what is started, how often, and what is ended. */
import { afterEach, expect, test } from "bun:test";
import { LiveSettings } from "../../../src/config/live-settings.ts";
import type { WorkerSays } from "../../../src/server/workers/protocol.ts";
import { Supervisor, type WorkerProcess } from "../../../src/server/workers/supervisor.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { failureOf } from "../../failure.ts";
import { isAlive, until } from "../site.ts";

interface Started {
  readonly pid: number;
  readonly at: number;
}

let stop = async () => {};
afterEach(() => stop());

/**
 * Supervises processes of the shell.
 * @param scripts what each next process does; the last one all that come after it. REFUSED: the system starts none
 */
function superviseScripts(scripts: readonly string[]) {
  const started: Started[] = [];
  const start = (_: unknown, say: (said: WorkerSays) => void): WorkerProcess => {
    const script = scripts[Math.min(started.length, scripts.length - 1)] ?? "";
    if (script === REFUSED) {
      started.push({ pid: 0, at: performance.now() });
      throw Object.assign(new Error("posix_spawn failed"), { code: "EAGAIN" });
    }
    const child = Bun.spawn(["sh", "-c", script], { stdio: ["ignore", "ignore", "ignore"] });
    started.push({ pid: child.pid, at: performance.now() });
    if (script === LIVES) setTimeout(() => say({ says: "ready", port: null }), 1);
    if (script === OPENS_SLOWLY) {
      const alive = setInterval(() => say({ says: "alive", requests: 0 }), 100);
      setTimeout(() => say({ says: "ready", port: null }), 2500);
      void child.exited.then(() => clearInterval(alive));
    }
    return {
      pid: child.pid,
      exited: child.exited,
      send: ({ asks }) => {
        if (asks !== "answer") child.kill();
        return true;
      },
      kill: (signal) => child.kill(signal),
    };
  };
  const supervisor = new Supervisor({
    places: [{ number: 1, listen: "unix:/tmp/none.sock" }],
    live: LiveSettings.fixed({ "server.shutdown_timeout": 1, "server.timeout": 1 }, "/tmp"),
    log: silentLog(),
    start,
  });
  stop = () => supervisor.stop();
  return { started, supervisor };
}

const LIVES = "exec sleep 600";
const DIES = "exit 3";
const REFUSED = "(refused)";
const OPENS_SLOWLY = "exec sleep 601";

test("starts a worker again after the system could not start one", async () => {
  const { started, supervisor } = superviseScripts([LIVES, REFUSED, REFUSED, LIVES]);
  await supervisor.start();
  process.kill(started[0]?.pid ?? 0);
  await until(() => started.length === 4);
  const [, first, second, third] = started.map(({ at }) => at);
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(195);
  expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(395);
  expect(supervisor.pids).toEqual([started[3]?.pid ?? 0]);
});

test("keeps the old worker where the system cannot start its replacement, and replaces it later", async () => {
  const { started, supervisor } = superviseScripts([LIVES, REFUSED, LIVES]);
  await supervisor.start();
  await supervisor.replaceAll();
  expect(supervisor.pids).toEqual([started[0]?.pid ?? 0]);
  await supervisor.replaceAll();
  expect(supervisor.pids).toEqual([started[2]?.pid ?? 0]);
});

test("fails to start where the system starts no worker", async () => {
  const { started, supervisor } = superviseScripts([REFUSED]);
  expect(String(await failureOf(supervisor.start()))).toContain("posix_spawn");
  expect(started).toHaveLength(1);
});

test("waits for a worker that takes longer than server.timeout to open", async () => {
  const { started, supervisor } = superviseScripts([OPENS_SLOWLY]);
  await supervisor.start();
  expect(supervisor.pids).toEqual([started[0]?.pid ?? 0]);
});

test("what dies at once again and again is started ever more slowly", async () => {
  const { started, supervisor } = superviseScripts([LIVES, DIES]);
  await supervisor.start();
  process.kill(started[0]?.pid ?? 0);
  await until(() => started.length === 5);
  const gaps = started.slice(2).map(({ at }, index) => at - (started[index + 1]?.at ?? 0));
  for (const [index, least] of [200, 400, 800].entries())
    expect(gaps[index]).toBeGreaterThanOrEqual(least - 5);
  expect(supervisor.restarts).toBeGreaterThanOrEqual(4);
});

test("where the first cannot start, nothing is started again", async () => {
  const { started, supervisor } = superviseScripts([DIES]);
  expect(await failureOf(supervisor.start())).toMatchObject({ code: "internal" });
  await Bun.sleep(300);
  expect(started).toHaveLength(1);
});

test("where a new one cannot start, the old one stays", async () => {
  const { started, supervisor } = superviseScripts([LIVES, DIES, LIVES]);
  await supervisor.start();
  await supervisor.replaceAll();
  await Bun.sleep(300);
  expect(supervisor.pids).toEqual([started[0]?.pid ?? 0]);
  await supervisor.replaceAll();
  expect(supervisor.pids).toEqual([started[2]?.pid ?? 0]);
  await until(() => !isAlive(started[0]?.pid ?? 0));
});

test("where a new one cannot start and the old one has died meanwhile, another is started", async () => {
  const { started, supervisor } = superviseScripts([LIVES, "sleep 0.3; exit 3", LIVES]);
  await supervisor.start();
  const replaced = supervisor.replaceAll();
  process.kill(started[0]?.pid ?? 0);
  await replaced;
  await until(() => started.length === 3);
  expect(supervisor.pids).toEqual([started[2]?.pid ?? 0]);
});
