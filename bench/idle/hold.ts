import { connect, type Socket } from "node:net";
import { requestFor } from "../load/requests.ts";
import { readScriptOrder } from "../machine/child.ts";
import { linkAt } from "../seed/links.ts";

export interface HoldOrder {
  readonly port: number;
  readonly connections: number;
}

/** Connections opened at a time: more would overflow the server's accept queue. */
const AT_ONCE = 100;

/** Connections from one address: each address has its own ports, so they do not run out. */
const FROM_ONE_ADDRESS = 2500;

/** Opens many connections, each for one link, prints "ready", holds them until its input ends and prints how many are left. */
async function hold({ port, connections }: HoldOrder): Promise<void> {
  const open = new Set<Socket>();
  for (let at = 0; at < connections; at += AT_ONCE) {
    const length = Math.min(AT_ONCE, connections - at);
    await Promise.all(Array.from({ length }, (_, place) => openOne(port, at + place, open)));
  }
  await Bun.write(Bun.stdout, "ready\n");
  await Bun.stdin.text();
  await Bun.write(Bun.stdout, `${open.size}\n`);
  process.exit();
}

/** Resolves when the response to its link has arrived. */
function openOne(port: number, at: number, open: Set<Socket>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const localAddress = `127.0.0.${2 + Math.floor(at / FROM_ONE_ADDRESS)}`;
  const socket = connect({ host: "127.0.0.1", port, localAddress });
  socket.once("connect", () => socket.write(requestFor(linkAt(at % 1000), at)));
  socket.once("data", () => resolve());
  socket.on("error", reject);
  socket.once("close", () => open.delete(socket));
  open.add(socket);
  return promise;
}

if (import.meta.main) await hold(readScriptOrder<HoldOrder>());
