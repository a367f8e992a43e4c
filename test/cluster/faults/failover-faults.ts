import type { Fault, Ground } from "../fault.ts";

const LINKS = `select md5(string_agg(short_code || target, ',' order by short_code)) as links from link`;

/** The primary is lost, and the standby takes over; then the old primary comes back. */
export const failoverFaults: readonly Fault[] = [
  {
    number: 3,
    name: "failover, with synchronous_standby_names",
    redirectsGoOn: false,
    options: { standby: "synchronous" },
    run: failOver,
  },
  {
    number: 3,
    name: "failover, without synchronous_standby_names",
    redirectsGoOn: false,
    mayLose: true,
    options: { standby: "asynchronous" },
    run: failOver,
  },
];

async function failOver({ cluster, seconds, note, fault }: Ground): Promise<void> {
  const { primary: old, standby } = cluster;
  if (standby === null) throw new Error("There is no standby.");
  await old.stop("immediate");
  await Bun.sleep(1000);
  await standby.promote();
  cluster.primary = standby;
  const recovery = await cluster.recovered();
  note(`${recovery.toFixed(1)} s from promotion to writes at all nodes`);
  if (recovery > 10) fault("it took more than 10 s");
  await old.start();
  const [before] = await old.sql(LINKS);
  await Bun.sleep((seconds * 1000) / 2);
  const [after] = await old.sql(LINKS);
  const isFenced = Bun.deepEquals(before, after);
  note(`the old primary came back and was ${isFenced ? "not written to" : "written to"}`);
  if (!isFenced) fault("the old primary is not fenced");
}
