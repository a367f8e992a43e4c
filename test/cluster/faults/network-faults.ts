import type { Fault, Ground } from "../fault.ts";

/** Faults between node c and its database. */
export const networkFaults: readonly Fault[] = [
  {
    number: 10,
    name: "the listener's connection silent",
    redirectsGoOn: true,
    run: silenceListener,
  },
  {
    number: 11,
    name: "silence between a node and the database",
    redirectsGoOn: true,
    run: silence,
  },
];

async function silenceListener({ cluster, seconds, note, fault }: Ground): Promise<void> {
  cluster.listenProxy.freeze(true);
  await Bun.sleep(seconds * 1000);
  const heard = await cluster.c.metric("trunk8_changes_heard");
  note(`trunk8_changes_heard ${heard}`);
  if (heard !== 0) fault("the node believes that it hears");
  cluster.listenProxy.freeze(false);
}

/** What was on its way is lost. */
async function silence({ cluster, seconds }: Ground): Promise<void> {
  const proxies = [cluster.listenProxy, cluster.poolProxy];
  for (const proxy of proxies) proxy.freeze(true);
  await Bun.sleep(seconds * 1000);
  for (const proxy of proxies) {
    proxy.cut();
    proxy.freeze(false);
  }
}
