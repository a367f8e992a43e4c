import type { Fault, Ground } from "../fault.ts";

/** A process that is killed is started again by systemd after a second. */
const RESTART_MS = 1000;

/** Faults of a node. */
export const nodeFaults: readonly Fault[] = [
  { number: 1, name: "a node killed (SIGKILL)", redirectsGoOn: true, run: killNodes },
  { number: 6, name: "a node stopped (SIGSTOP)", redirectsGoOn: true, run: stopNode },
  { number: 8, name: "a node's clock 10 min ahead, then behind", redirectsGoOn: true, run: shift },
  { number: 14, name: "all nodes replaced, one by one", redirectsGoOn: true, run: replace },
];

async function killNodes({ cluster }: Ground): Promise<void> {
  for (const node of cluster.nodes) {
    await node.kill();
    await Bun.sleep(RESTART_MS);
    node.launch();
    if (node !== cluster.c) await node.untilReady();
  }
}

async function stopNode({ cluster, seconds }: Ground): Promise<void> {
  cluster.c.signal("SIGSTOP");
  await Bun.sleep(seconds * 1000);
  cluster.c.signal("SIGCONT");
}

async function shift({ cluster, seconds, note }: Ground): Promise<void> {
  const { c } = cluster;
  for (const minutes of [10, -10]) {
    await c.stop();
    await c.start(["faketime", "-f", `${minutes > 0 ? "+" : "-"}10m`]);
    await Bun.sleep((seconds * 1000) / 2);
    note(`${minutes} min: ready ${await c.isReady()}`);
  }
  await c.stop();
  c.launch();
}

async function replace({ cluster }: Ground): Promise<void> {
  for (const node of cluster.nodes) {
    await node.stop();
    await node.start();
  }
}
