/** Commands of a page that test/docs/commands.test.ts does not run. */
export interface NotRun {
  readonly page: string;
  /** How the commands begin. */
  readonly commands: readonly string[];
  readonly why: string;
  /** What runs them, or the same with other names, instead. */
  readonly by?: string;
}

const CHANGES_MACHINE = "changes the machine";
const NEEDS_RELEASE = "needs the files of a release";

export const notRun: readonly NotRun[] = [
  {
    page: "docs/guide.md",
    commands: ["trunk8 key revoke"],
    why: "names a key that nothing here has",
    by: "test/cli/commands/key-commands.test.ts",
  },
  {
    page: "README.md",
    commands: ["git clone"],
    why: "the address of the repository is not known here",
  },
  {
    page: "README.md",
    commands: ["npm ci"],
    why: "needs the registry, and minutes",
  },
  {
    page: "README.md",
    commands: ["npm start"],
    why: "runs until it is stopped, on a fixed port",
    by: "test/cli/launcher.test.ts",
  },
  { page: "README.md", commands: ["npm test"], why: "is this run" },
  {
    page: "README.md",
    commands: ["npx --package"],
    why: NEEDS_RELEASE,
    by: "test/release/npm-package.test.ts",
  },
  {
    page: "README.md",
    commands: ["./trunk8-1.0.0-beta.1-linux-amd64 serve"],
    why: NEEDS_RELEASE,
    by: "test/deploy/artifacts.ts",
  },
  {
    page: "README.md",
    commands: ["docker build", "docker run"],
    why: "needs Docker; without it, the Dockerfile is followed by hand",
    by: "test/deploy/docker-proofs.ts",
  },
  {
    page: "README.md",
    commands: ["deploy/install/install.sh", "journalctl"],
    why: CHANGES_MACHINE,
    by: "test/deploy/install-proofs.ts",
  },
  {
    page: "docs/cluster.md",
    commands: [
      "apt-get",
      "cp ",
      "echo 'host all",
      "systemctl",
      "sudo -u postgres",
      "mv ",
      "install -d",
      "install -D",
      "cat deploy/cluster/node.fstab",
      "mount",
    ],
    why: CHANGES_MACHINE,
    by: "test/deploy/cluster-proofs.ts",
  },
  {
    page: "docs/cluster.md",
    commands: ["echo 'postgres:"],
    why: "needs PostgreSQL",
    by: "test/cli/commands/move-database.test.ts",
  },
  {
    page: "docs/cluster.md",
    commands: ["trunk8 config nginx"],
    why: "writes the site file of the machine's nginx",
    by: "test/deploy/cluster-proofs.ts",
  },
  {
    page: "docs/import.md",
    commands: ["npx trunk8 import csv"],
    why: "needs a file with links of its reader",
    by: "test/cli/commands/import-csv.test.ts",
  },
  {
    page: "docs/import.md",
    commands: ["TRUNK8_DATA=/srv/trunk8 npm start", "TRUNK8_ADMIN_PASSWORD='…' npm start"],
    why: "runs until it is stopped, on a fixed port",
    by: "test/cli/launcher.test.ts",
  },
  {
    page: "docs/import.md",
    commands: ["docker compose", "mkdir old"],
    why: "needs Docker and a container of the Python Trunk8",
  },
  {
    page: "docs/install.md",
    commands: ["npm install --global", "trunk8 serve"],
    why: NEEDS_RELEASE,
    by: "test/release/npm-package.test.ts",
  },
  {
    page: "docs/install.md",
    commands: ["sha256sum", "gunzip", "chmod", "./trunk8-1.0.0-beta.1-linux-amd64 serve"],
    why: NEEDS_RELEASE,
    by: "test/deploy/artifacts.ts",
  },
  {
    page: "docs/install.md",
    commands: ["tar -xzf", "cd trunk8-1.0.0-beta.1/deploy/install", "./install.sh"],
    why: `${NEEDS_RELEASE}, and ${CHANGES_MACHINE}`,
    by: "test/deploy/install-proofs.ts",
  },
  {
    page: "docs/install.md",
    commands: ["docker build", "docker run"],
    why: "needs Docker; without it, the Dockerfile is followed by hand",
    by: "test/deploy/docker-proofs.ts",
  },
  {
    page: "docs/install.md",
    commands: ["npm ci", "npm start", "npm run release"],
    why: "needs the registry, and minutes",
  },
  {
    page: "docs/monitoring.md",
    commands: ["apt-get", "cp ", "echo ", "promtool"],
    why: CHANGES_MACHINE,
    by: "test/deploy/prometheus-proofs.ts",
  },
  {
    page: "docs/moving-database.md",
    commands: ["echo 'postgres:", "trunk8 move-database"],
    why: "needs PostgreSQL",
    by: "test/cli/commands/move-database.test.ts",
  },
  {
    page: "docs/production.md",
    commands: ["set -a", "trunk8 config nginx"],
    why: "needs the settings of a service and the machine's nginx",
    by: "test/deploy/install-proofs.ts",
  },
  {
    page: "docs/production.md",
    commands: ["mkdir -m 700", "(umask", "export TRUNK8_SERVER_PUBLIC_URL", "npm run", "docker "],
    why: "needs Docker",
    by: "test/deploy/docker-proofs.ts",
  },
  {
    page: "docs/security.md",
    commands: ["systemd-analyze"],
    why: "needs systemd",
    by: "test/deploy/systemd-proofs.ts",
  },
  {
    page: "docs/security.md",
    commands: ["trunk8 doctor --proxy"],
    why: "needs a proxy",
    by: "test/server/doctor/proxy-checks.test.ts",
  },
  {
    page: "docs/upgrading.md",
    commands: ["TRUNK8_SERVER_LISTEN"],
    why: "needs a second version, and runs until it is stopped",
    by: "test/upgrade/site.test.ts",
  },
  {
    page: "docs/upgrading.md",
    commands: ["deploy/install/install.sh"],
    why: CHANGES_MACHINE,
    by: "test/deploy/install-proofs.ts",
  },
  {
    page: "docs/upgrading.md",
    commands: ["systemctl"],
    why: "needs systemd",
    by: "test/deploy/systemd-proofs.ts",
  },
  {
    page: "docs/upgrading.md",
    commands: ["cp -a /opt", "install -m", "mv /opt"],
    why: CHANGES_MACHINE,
    by: "test/upgrade/live/rehearsal.ts",
  },
  {
    page: "docs/upgrading.md",
    commands: [
      "trunk8 backup --user admin",
      "trunk8 restore backups",
      "trunk8 restore /tmp/since-admin.zip",
    ],
    why: "needs a second version",
    by: "test/upgrade/live/rehearsal.ts",
  },
  {
    page: "docs/upgrading.md",
    commands: ["shift.sh", "ssh b"],
    why: "needs two machines behind HAProxy",
    by: "test/deploy/haproxy-proofs.ts",
  },
];
