import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { PROGRAM_FILE } from "../cli/program-file.ts";
import { LeftOut, type Report } from "./report.ts";
import { PASSWORD } from "./site.ts";
import { run, runWell, same } from "./tools.ts";

const services = ["trunk8.service", "trunk8-backup.service", "node_exporter.service"];
const units = [...services, "trunk8-backup.timer"];

/** Has systemd read the units, and tries whether the program can do with what they leave it. */
export async function proveSystemd(report: Report, folder: string): Promise<void> {
  for (const unit of units)
    await report.prove(`systemd/${unit}`, "systemd-analyze verify finds nothing", async () => {
      await moveUnits(report, folder);
      const { stdout, stderr } = await run(["systemd-analyze", "verify", `./${unit}`], {
        cwd: folder,
      });
      same("what it says", `${stdout}${stderr}`.trim(), "");
    });
  for (const service of services)
    await report.prove(`systemd/${service}`, "exposure of at most 2.0", async () => {
      const words = [
        "security",
        "--offline=true",
        "--threshold=20",
        report.path(`systemd/${service}`),
      ];
      await runWell(["systemd-analyze", ...words]);
    });
  await report.prove(
    ["systemd/trunk8.service", "systemd/trunk8-backup.service"],
    "the program needs no system call that it forbids",
    () => proveCalls(report, folder),
  );
}

/** SQLite gives files to the owner of the database, where it is root; the service is not. */
const AS_ROOT = ["fchown"];

/** What the units start is not there on a machine that only tries them. */
async function moveUnits(report: Report, folder: string): Promise<void> {
  for (const unit of units) {
    const text = await report.text(`systemd/${unit}`);
    const moved = text.replaceAll(
      /=\/opt\/trunk8\/bin\/trunk8|=\/usr\/local\/bin\/node_exporter/g,
      "=/bin/true",
    );
    await Bun.write(join(folder, unit), moved);
  }
}

async function proveCalls(report: Report, folder: string): Promise<void> {
  const allowed = await allowedCalls(await report.text("systemd/trunk8.service"));
  const made = await madeCalls(folder);
  same(
    "forbidden calls",
    made.filter((name) => !allowed.has(name) && !AS_ROOT.includes(name)),
    [],
  );
}

async function allowedCalls(unit: string): Promise<Set<string>> {
  const filters = [...unit.matchAll(/^SystemCallFilter=(~?)(.*)$/gm)];
  const allowed = new Set<string>();
  for (const [, isNot, names = ""] of filters)
    for (const name of names.split(" "))
      for (const call of await callsOf(name))
        isNot === "~" ? allowed.delete(call) : allowed.add(call);
  return allowed;
}

/** The calls of a set such as `@privileged`, and of the sets in it. */
async function callsOf(name: string): Promise<string[]> {
  if (!name.startsWith("@")) return [name];
  const listed = await runWell(["systemd-analyze", "syscall-filter", name]);
  const lines = listed.split("\n").map((line) => line.trim());
  const members = lines.slice(1).filter((line) => /^@?\w[\w-]*$/.test(line));
  return (await Promise.all(members.map(callsOf))).flat();
}

/** Every call that the site makes while it starts, opens a link, takes a backup and stops. */
async function madeCalls(folder: string): Promise<string[]> {
  const [trace, data] = [join(folder, "calls"), join(folder, "data")];
  mkdirSync(data);
  const script = `"$1" "$2" add https://example.com/ --code there
    "$1" "$2" backup --all
    "$1" "$2" serve --workers 2 --listen unix:${folder}/s.sock & pid=$!
    for i in $(seq 100); do [ -S ${folder}/s-2.sock ] && break; sleep 0.1; done
    curl -s --unix-socket ${folder}/s-1.sock http://x.example/there
    kill -USR2 $pid; sleep 3; kill $pid; wait $pid`;
  const words = [
    "strace",
    "-f",
    "-qq",
    "-o",
    trace,
    "sh",
    "-c",
    script,
    "sh",
    process.execPath,
    PROGRAM_FILE,
  ];
  const env = { TRUNK8_DATA: data, TRUNK8_ADMIN_PASSWORD: PASSWORD, TRUNK8_OPS_LISTEN: "" };
  const { stderr } = await run(words, { env });
  if (stderr.includes("ptrace")) throw new LeftOut("strace may not trace here");
  const names = (await Bun.file(trace).text()).matchAll(/^\d+ +(\w+)\(/gm);
  return [...new Set([...names].map(([, name = ""]) => name))].sort();
}
