import pg from "pg";
import type { Fault, Ground } from "../fault.ts";

/** Faults of PostgreSQL and PgBouncer. */
export const databaseFaults: readonly Fault[] = [
  {
    number: 2,
    name: "PostgreSQL stopped (immediate) and started",
    redirectsGoOn: false,
    run: crash,
  },
  { number: 4, name: "PgBouncer restarted", redirectsGoOn: false, run: restartBouncer },
  { number: 5, name: "PostgreSQL stopped (SIGSTOP)", redirectsGoOn: false, run: freeze },
  { number: 7, name: "connections exhausted", redirectsGoOn: true, run: exhaust },
];

async function crash({ cluster, seconds }: Ground): Promise<void> {
  for (let time = 0; time < 3; time++) {
    await cluster.primary.stop("immediate");
    await Bun.sleep(seconds * 100);
    await cluster.primary.start();
    if (time < 2) await Bun.sleep(3000);
  }
}

async function restartBouncer({ cluster }: Ground): Promise<void> {
  for (let time = 0; time < 3; time++) {
    await cluster.bouncer.stop();
    await Bun.sleep(200);
    await cluster.bouncer.start();
    if (time < 2) await Bun.sleep(3000);
  }
}

async function freeze({ cluster, seconds }: Ground): Promise<void> {
  cluster.primary.freeze();
  await Bun.sleep(seconds * 1000);
  cluster.primary.thaw();
}

/** Clients of others take every connection that PostgreSQL has left. */
async function exhaust({ cluster, seconds, note }: Ground): Promise<void> {
  const taken: pg.Client[] = [];
  for (;;) {
    const client = new pg.Client({ connectionString: cluster.primary.url });
    client.on("error", () => {});
    try {
      await client.connect();
    } catch {
      break;
    }
    taken.push(client);
  }
  note(`${taken.length} taken`);
  await Bun.sleep(seconds * 1000);
  await Promise.all(taken.map((client) => client.end()));
}
