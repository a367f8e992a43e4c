import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findFreePort } from "../../bench/sides/side.ts";
import { LeftOut, type Report } from "./report.ts";
import { Site } from "./site.ts";
import { run, runWell, same, until } from "./tools.ts";

const SYSCTL = "sysctl/60-trunk8.conf";
const LOGROTATE = "logrotate/trunk8";
const FSTAB = "fstab/trunk8.fstab";

/** What the machine around the site is given. */
export async function proveMachine(report: Report, folder: string): Promise<void> {
  await report.prove(SYSCTL, "the kernel knows each of them", async () => {
    const names = [...(await report.text(SYSCTL)).matchAll(/^([\w.]+) = \d+$/gm)].map(
      ([, name]) => name,
    );
    same("how many", names.length, 4);
    const unknown = names.filter((name) => !existsSync(`/proc/sys/${name?.replaceAll(".", "/")}`));
    if (unknown.length > 0) throw new LeftOut(`not shown by this machine's kernel: ${unknown}`);
  });
  await report.prove(
    LOGROTATE,
    "turns the log of a running site, which goes on in a new file",
    () => proveRotation(report, folder),
  );
  await report.prove(FSTAB, "the kernel mounts a disk by its options", () =>
    proveMount(report, folder),
  );
}

async function proveRotation(report: Report, folder: string): Promise<void> {
  const [logs, port] = [join(folder, "logs"), findFreePort()];
  mkdirSync(logs, { mode: 0o750 });
  const env = {
    TRUNK8_DATA: join(folder, "data"),
    TRUNK8_SERVER_LISTEN: `127.0.0.1:${port}`,
    TRUNK8_LOG_ACCESS: join(logs, "access.log"),
  };
  await using site = new Site({ folder, env });
  await site.start();
  const visit = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  const log = () => readFileSync(join(logs, "access.log"), "utf8");
  await visit("/before");
  await until("the first line", () => log().includes("/before"));
  const text = (await report.text(LOGROTATE))
    .replaceAll("/var/log/trunk8", logs)
    .replace("su trunk8 trunk8", "su root root")
    .replace("create 0640 trunk8 trunk8", "create 0640 root root")
    .replace(/systemctl kill .*/, `kill -HUP ${site.pid}`);
  await Bun.write(join(folder, "rotate"), text);
  await runWell(["logrotate", "--force", "--state", join(folder, "state"), join(folder, "rotate")]);
  await until("the new file", async () => {
    await visit("/after");
    return existsSync(join(logs, "access.log")) && log().includes("/after");
  });
  same(
    "the old one's first visit",
    readFileSync(join(logs, "access.log.1"), "utf8").includes("/before"),
    true,
  );
}

async function proveMount(report: Report, folder: string): Promise<void> {
  const line = (await report.text(FSTAB)).split("\n").find((each) => each.startsWith("UUID="));
  const [, , type = "", options = ""] = line?.split(/\s+/) ?? [];
  const [image, at] = [join(folder, "disk"), join(folder, "mounted")];
  mkdirSync(at);
  await runWell(["truncate", "-s", "64M", image]);
  await runWell([`mkfs.${type}`, "-q", image]);
  const { exitCode, stderr } = await run(["mount", "-t", type, "-o", `loop,${options}`, image, at]);
  if (exitCode !== 0) throw new LeftOut(`this machine mounts nothing: ${stderr.trim()}`);
  try {
    const mounted = readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .find((each) => each.includes(` ${at} `));
    const inForce = mounted?.split(" ")[3]?.split(",") ?? [];
    same(
      "options that are not in force",
      options.split(",").filter((each) => !inForce.includes(each)),
      [],
    );
    same("data=writeback", inForce.includes("data=writeback"), false);
    await using site = new Site({ folder, env: { TRUNK8_DATA: join(at, "data") } });
    await site.call("add", "https://example.com/", "--code", "there");
  } finally {
    await runWell(["umount", at]);
  }
}
