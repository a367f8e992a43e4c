import pg from "pg";
import { Problem } from "../../problem.ts";
import { databaseBusy, explainFailure } from "../database-errors.ts";
import { identify, type ServerIdentity } from "./server-identity.ts";

/** A server that does not say which one it is for so long counts as away, in milliseconds. */
export const PROBE_MS = 3000;

/** The cause of the Problem of a server that takes too long: it may only be very busy. */
export class NoAnswer extends Error {}

/** The timer of a process that was paused rings before it has read what arrived meanwhile. */
const LATE_MS = 500;

/** Asks one server which one it is, over a connection of its own. */
export class ServerProbe {
  readonly url: string;
  #client: pg.Client | null = null;

  /** @param url names one server */
  constructor(url: string) {
    this.url = url;
  }

  /** @throws Problem `busy` when it does not answer */
  async ask(): Promise<ServerIdentity> {
    const client = this.#client;
    try {
      if (client !== null) return await within(PROBE_MS, identify(client));
    } catch (error) {
      this.#drop(client);
      if (error instanceof Problem) throw error;
    }
    return await this.#connect();
  }

  close(): void {
    this.#drop(this.#client);
  }

  async #connect(): Promise<ServerIdentity> {
    const client = new pg.Client({ ...LONG_LIVED, connectionString: this.url });
    client.on("error", () => this.#drop(client));
    this.#client = client;
    try {
      await client.connect();
      return await within(PROBE_MS, identify(client));
    } catch (error) {
      this.#drop(client);
      throw explainFailure(error);
    }
  }

  #drop(client: pg.Client | null): void {
    if (client === null) return;
    if (this.#client === client) this.#client = null;
    disconnect(client);
  }
}

/** Options of connections that may be silent for long. */
export const LONG_LIVED: pg.ClientConfig = {
  application_name: "trunk8 probe",
  connectionTimeoutMillis: PROBE_MS,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
};

/** What `pg` has and its types do not. */
interface Connected {
  readonly connection: { readonly stream: { destroy(): void } };
}

/** Closes a connection at once, whether or not the server answers. What it was asked fails. */
export function disconnect(client: pg.ClientBase): void {
  client.on("error", () => {});
  (client as unknown as Connected).connection.stream.destroy();
}

/** @throws Problem `busy` when `work` takes longer */
async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  let timer: Timer | undefined;
  const wait = () => {
    const began = performance.now();
    timer = setTimeout(() => {
      if (performance.now() - began > ms + LATE_MS) wait();
      else reject(databaseBusy(new NoAnswer()));
    }, ms);
  };
  wait();
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}
