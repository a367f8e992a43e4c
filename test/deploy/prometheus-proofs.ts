import { cpSync } from "node:fs";
import { join } from "node:path";
import { findFreePort, stopChild } from "../../bench/sides/side.ts";
import { metricRows } from "../../src/telemetry/metric-names.ts";
import type { Report } from "./report.ts";
import { Site } from "./site.ts";
import { run, runWell, same, toolPath, until } from "./tools.ts";

const CONFIG = "prometheus/prometheus.yml";
const RULES = "prometheus/rules.yml";
const TESTS = "prometheus/rules.test.yml";
const SOURCE = "grafana/provisioning/datasources/prometheus.yml";
const PROVIDER = "grafana/provisioning/dashboards/trunk8.yml";
const dashboards = ["grafana/dashboards/trunk8.json", "grafana/dashboards/machine.json"];

/** Checks the rules, tries each alert, and lets a real Prometheus measure a real site. */
export async function proveMonitoring(report: Report, folder: string): Promise<void> {
  await report.prove(RULES, "promtool takes it", () =>
    runWell(["promtool", "check", "rules", "--lint-fatal", report.path(RULES)]),
  );
  await report.prove([RULES, TESTS], "each alert is raised when it must be, and only then", () =>
    runWell(["promtool", "test", "rules", report.path(TESTS)]),
  );
  await report.prove(TESTS, "no alert is without a test", () => proveAllAreTested(report));
  for (const file of [RULES, ...dashboards])
    await report.prove(file, "every metric of ours it names exists", async () =>
      same("unknown metrics", unknownMetrics(await report.text(file)), []),
    );
  for (const file of dashboards) await proveDashboard(report, folder, file);
  await report.prove([SOURCE, PROVIDER], "parses, and leads to the dashboards", () =>
    proveProvisioning(report),
  );
  await proveScraping(report, folder);
}

function unknownMetrics(text: string): string[] {
  const named = [...text.matchAll(/\btrunk8_[a-z_]+/g)].map(([name]) => name);
  const bases = named.map((name) => name.replace(/_(bucket|sum|count)$/, ""));
  return [...new Set(bases)].filter((name) => !(name in metricRows));
}

async function proveAllAreTested(report: Report): Promise<void> {
  const alerts = [...(await report.text(RULES)).matchAll(/- alert: (\w+)/g)].map(
    ([, name]) => name,
  );
  const tests = await report.text(TESTS);
  for (const outcome of ["is raised", "is not"])
    same(
      `alerts without a test that says it ${outcome}`,
      alerts.filter((name) => !tests.includes(`${name} ${outcome}`)),
      [],
    );
}

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

/** Each question is one that Prometheus understands, and each recorded name one of the rules. */
async function proveDashboard(report: Report, folder: string, file: string): Promise<void> {
  await report.prove(file, "parses, and Prometheus understands its questions", async () => {
    const { panels } = JSON.parse(await report.text(file)) as Dashboard;
    same("panels with the same id", new Set(panels.map(({ id }) => id)).size, panels.length);
    const questions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    const rules = questions.map((question, at) => ({
      record: `question:${at}`,
      expr: question.replaceAll("$__rate_interval", "5m"),
    }));
    const groups = { groups: [{ name: "questions", rules }] };
    await Bun.write(join(folder, "questions.yml"), JSON.stringify(groups));
    await runWell(["promtool", "check", "rules", join(folder, "questions.yml")]);
    const recorded = [...questions.join(" ").matchAll(/\b(trunk8|instance):[\w:]+/g)];
    const known = await report.text(RULES);
    same(
      "names that no rule records",
      recorded.map(([name]) => name).filter((name) => !known.includes(`record: ${name}\n`)),
      [],
    );
  });
}

async function proveProvisioning(report: Report): Promise<void> {
  const source = Bun.YAML.parse(await report.text(SOURCE)) as { datasources: { uid: string }[] };
  for (const file of dashboards) {
    const used = [...(await report.text(file)).matchAll(/"uid": "([\w-]+prometheus)"/g)];
    same("its source", new Set(used.map(([, uid]) => uid)), new Set([source.datasources[0]?.uid]));
  }
  const provider = Bun.YAML.parse(await report.text(PROVIDER)) as {
    providers: { options: { path: string } }[];
  };
  const path = provider.providers[0]?.options.path ?? "";
  const compose = await report.text("docker/compose.monitoring.yaml");
  if (!compose.includes(`/dashboards:${path}:ro`))
    throw new Error(`compose.monitoring.yaml mounts nothing at ${path}`);
}

/** Metrics that only a scrape in need of them would have. */
async function proveScraping(report: Report, folder: string): Promise<void> {
  const [opsPort, nodePort, port] = [findFreePort(), findFreePort(), findFreePort()];
  const sitePort = findFreePort();
  const env = {
    TRUNK8_DATA: join(folder, "data"),
    TRUNK8_SERVER_LISTEN: `127.0.0.1:${sitePort}`,
    TRUNK8_OPS_LISTEN: `127.0.0.1:${opsPort}`,
  };
  await using site = new Site({ folder, env });
  await report.prove(CONFIG, "a real Prometheus measures a real site by it", async () => {
    await site.start();
    cpSync(report.path("prometheus"), join(folder, "prometheus"), { recursive: true });
    const moved = (await report.text(CONFIG))
      .replace("localhost:9101", `127.0.0.1:${opsPort}`)
      .replace("localhost:9100", `127.0.0.1:${nodePort}`)
      .replace("localhost:9090", `127.0.0.1:${port}`)
      .replaceAll("_interval: 15s", "_interval: 1s");
    await Bun.write(join(folder, "prometheus", "prometheus.yml"), moved);
    await runWell(["promtool", "check", "config", join(folder, "prometheus", "prometheus.yml")]);
    await scrapeOnce({ folder, port, nodePort, opsPort, sitePort });
  });
}

interface Ports {
  readonly folder: string;
  readonly port: number;
  readonly nodePort: number;
  readonly opsPort: number;
  readonly sitePort: number;
}

async function scrapeOnce({ folder, port, nodePort, opsPort, sitePort }: Ports): Promise<void> {
  const lint = await run(["promtool", "check", "metrics"], {
    input: await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text(),
  });
  same("what promtool says of the metrics", `${lint.stdout}${lint.stderr}`, "");
  const node = await startNodeExporter(nodePort);
  const words = [
    `--config.file=${join(folder, "prometheus", "prometheus.yml")}`,
    `--storage.tsdb.path=${join(folder, "series")}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const log = Bun.file(join(folder, "prometheus.log"));
  const child = Bun.spawn([toolPath("prometheus"), ...words], { stdio: ["ignore", log, log] });
  try {
    const wanted = node === null ? ["trunk8"] : ["trunk8", "node"];
    for (const job of wanted)
      await until(`up of ${job}`, async () => (await ask(port, `up{job="${job}"}`)) === "1");
    await until("a recorded rate", async () => {
      await fetch(`http://127.0.0.1:${sitePort}/health`);
      return (await ask(port, "trunk8:requests:rate5m > 0")) !== null;
    });
    if (node !== null)
      await until("memory", async () => (await ask(port, "instance:memory_used:ratio")) !== null);
  } finally {
    await stopChild(child);
    if (node !== null) await stopChild(node);
  }
}

/** Debian's, where it is installed. */
async function startNodeExporter(port: number): Promise<Bun.Subprocess | null> {
  const path = Bun.which("prometheus-node-exporter");
  if (path === null) return null;
  return Bun.spawn([path, `--web.listen-address=127.0.0.1:${port}`], {
    stdio: ["ignore", "ignore", "ignore"],
  });
}

/** The value that Prometheus gives, or null where it has none. */
async function ask(port: number, question: string): Promise<string | null> {
  const query = new URLSearchParams({ query: question });
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/query?${query}`).catch(() => null);
  if (response === null || !response.ok) return null;
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  return data.result[0]?.value[1] ?? null;
}
