/** What systemd is told, at a real datagram socket in its place. */
import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Systemd } from "../../src/os/systemd.ts";
import { startSite, until } from "../server/site.ts";
import { NotifySocket } from "./notify-socket.ts";

// Each starts several real processes.
setDefaultTimeout(120_000);

let folder: string;
let path: string;
let socket: NotifySocket;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-systemd-"));
  path = join(folder, "notify");
  socket = new NotifySocket(path);
});
afterEach(() => {
  socket.close();
  rmSync(folder, { recursive: true });
});

test("without a socket nobody is told", () => {
  expect([Systemd.at(undefined), Systemd.at("")]).toEqual([null, null]);
});

test("each state is a datagram, in order", () => {
  const systemd = Systemd.at(path);
  systemd?.notify("READY=1");
  systemd?.notify("STATUS=All is well: \u00e4\u{1f600}");
  systemd?.close();
  expect(socket.read()).toEqual(["READY=1", "STATUS=All is well: \u00e4\u{1f600}"]);
});

test("a socket without a file is told, too", () => {
  const name = `@${folder}/abstract`;
  const abstract = new NotifySocket(name);
  const systemd = Systemd.at(name);
  systemd?.notify("READY=1");
  systemd?.close();
  expect(abstract.read()).toEqual(["READY=1"]);
  abstract.close();
});

test("a socket that is gone is no failure", () => {
  const systemd = Systemd.at(join(folder, "gone"));
  systemd?.notify("READY=1");
  systemd?.close();
  expect(socket.read()).toEqual([]);
});

test("who does not listen any more holds up nobody", async () => {
  const systemd = Systemd.at(path);
  systemd?.keepAlive(1);
  await Bun.sleep(1000); // more datagrams than wait for anybody
  expect(socket.read()).toContain("WATCHDOG=1");
  systemd?.close();
});

describe.each(["", 2] as const)("a site with workers: %p", (workers) => {
  test("says that it is ready, that it lives twice in each interval, and that it stops", async () => {
    const heard: string[] = [];
    const listening = setInterval(() => heard.push(...socket.read()), 20);
    const env = { NOTIFY_SOCKET: path, WATCHDOG_USEC: "400000" };
    const dataFolder = join(folder, "data");
    const site = await startSite({ dataFolder, workers, env });
    await until(() => heard.includes("READY=1"));
    const [began, before] = [performance.now(), heard.length];
    await until(() => heard.length >= before + 5);
    expect(performance.now() - began).toBeLessThan(5000);
    expect(await site.stop()).toBe(0);
    clearInterval(listening);
    heard.push(...socket.read());
    const states = heard.filter((said) => said !== "WATCHDOG=1");
    expect(states).toEqual(["READY=1", "STOPPING=1"]);
  });
});
