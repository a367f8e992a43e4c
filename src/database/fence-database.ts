import { AsyncLocalStorage } from "node:async_hooks";
import { type ErrorLog, every } from "../os/every.ts";
import type { Database, Trx } from "./database.ts";
import { type Lease, LeaseLost, RENEW_MS } from "./leases.ts";

const held = new AsyncLocalStorage<readonly Lease[]>();

/**
 * Runs `work` under leases, which are renewed meanwhile: once one is lost, each of its writes fails.
 * @param work its signal is aborted when a lease is lost
 * @throws LeaseLost, and what `work` throws
 */
export async function runUnder<T>(
  leases: readonly Lease[],
  log: ErrorLog,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const renew = async () => {
    try {
      for (const lease of leases) await lease.renew();
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error;
      lost.abort(error);
    }
  };
  const stopRenewing = every(RENEW_MS, renew, log);
  try {
    return await held.run(leases, () => work(lost.signal));
  } finally {
    stopRenewing();
  }
}

/**
 * Fails if the caller runs under a lease that is lost: before changes outside of the database, as of files.
 * @throws LeaseLost
 */
export async function requireLeases(): Promise<void> {
  for (const lease of held.getStore() ?? []) await lease.renew();
}

/** The same database, whose writes under a lease fail once another process has taken that. */
export function fenceDatabase(database: Database): Database {
  const keepAll = async (trx: Trx, leases: readonly Lease[]) => {
    for (const lease of leases) await lease.keep(trx);
  };
  return {
    ...database,
    write: async (work) => {
      const leases = held.getStore();
      if (leases === undefined) return await database.write(work);
      return await database.write(async (trx, touch) => {
        await keepAll(trx, leases);
        return await work(trx, touch);
      });
    },
  };
}
