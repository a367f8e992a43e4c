import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { releasedExecutable } from "./artifacts.ts";
import { LeftOut, type Report } from "./report.ts";
import { type Ran, run, runWell, same } from "./tools.ts";

const INSTALL = "install/install.sh";
const UNINSTALL = "install/uninstall.sh";

/** Runs the scripts: as a rehearsal, and for real on a copy of this machine that is thrown away. */
export async function proveInstall(report: Report, folder: string): Promise<void> {
  for (const file of [INSTALL, UNINSTALL])
    await report.prove(file, "shellcheck finds nothing", () =>
      runWell(["shellcheck", report.path(file)]),
    );
  await report.prove(INSTALL, "a dry run says all of it and does none of it", async () => {
    const { stdout } = await well(
      report,
      INSTALL,
      "--domain",
      "x.example",
      "--email",
      "a@x.example",
      "--dry-run",
    );
    for (const word of [
      "useradd",
      "systemctl enable",
      "certbot",
      "trunk8 config nginx",
      "nginx -t",
    ])
      if (!stdout.includes(word)) throw new Error(`it says nothing of ${word}`);
    same("made by it", existsSync("/opt/trunk8.new"), false);
    const local = await well(report, INSTALL, "--dry-run");
    same("in a local network", /^TRUNK8_SERVER_LISTEN=0\.0\.0\.0:5001$/m.test(local.stdout), true);
  });
  await report.prove(INSTALL, "refuses what makes no sense", async () => {
    for (const [words, says] of refused) {
      const ran = await run(["sh", report.path(INSTALL), "--dry-run", ...words]);
      if (ran.exitCode === 0 || !ran.stderr.includes(says))
        throw new Error(`${words.join(" ")} is answered ${ran.exitCode}: ${ran.stderr}`);
    }
  });
  await report.prove(INSTALL, "refuses a 32-bit system, and says why", async () => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    await Bun.write(join(bin, "dpkg"), "#!/bin/sh\necho armhf\n");
    await runWell(["chmod", "+x", join(bin, "dpkg")]);
    const env = { PATH: `${bin}:/usr/sbin:/usr/bin:/sbin:/bin` };
    const ran = await run(["sh", report.path(INSTALL), "--dry-run"], { env });
    same("the answer", [ran.exitCode, ran.stderr.includes("64 bits only")], [1, true]);
  });
  await report.prove(
    [INSTALL, UNINSTALL],
    "for real in a copy of this machine: it answers, and trunk8 doctor --proxy finds nothing",
    () => proveForReal(report, folder),
  );
}

const refused: readonly (readonly [readonly string[], string])[] = [
  [["--domain", "x example"], "is no host name"],
  [["--domain", "x;reboot.example"], "is no host name"],
  [["--domain", "localhost"], "has no dot"],
  [["--domain"], "Usage"],
  [["--email", "a@x.example"], "needs a domain"],
  [["--domain", "x.example", "--email", "nobody"], "is no address"],
  [["--program", "/nowhere"], "is no program"],
  [["--program", "http://x.example/trunk8"], "is no program"],
  [["--sha256", "0"], "is for --program"],
  [["--wait", "soon"], "takes seconds"],
  [["--fly"], "what is --fly"],
  // What runs these proofs is a container as a rule, which has no firewall of its own.
  ...(existsSync("/run/systemd/system") ? [] : ([[["--firewall"], "chroot"]] as const)),
];

async function well(report: Report, file: string, ...words: string[]): Promise<Ran> {
  const ran = await run(["sh", report.path(file), ...words]);
  if (ran.exitCode === 0) return ran;
  throw new Error(`ended with ${ran.exitCode}: ${ran.stderr}`);
}

/** Everything in namespaces of its own: what is mounted and started there ends with them. */
async function proveForReal(report: Report, folder: string): Promise<void> {
  const apart = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"];
  const script = (name: string) => join(import.meta.dir, name);
  const deploy = dirname(dirname(report.path(INSTALL)));
  const { exitCode, stdout, stderr } = await run([
    ...[...apart, "sh", script("copy-of-machine.sh"), folder],
    ...[script("installed.sh"), deploy, releasedExecutable(folder)],
  ]);
  if (exitCode === 77 || stderr.startsWith("unshare:"))
    throw new LeftOut(`no copy can be made: ${stderr.trim()}`);
  if (exitCode !== 0 || !stdout.trimEnd().endsWith("installed, asked and uninstalled"))
    throw new Error(stderr.trim() || stdout.trim());
}
