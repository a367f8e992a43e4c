import { OPENED } from "./site.ts";

const CONNECTIONS = 16;

/** Opens a link with a new referrer each time; returns how often it answered with which status. */
export async function openWithReferrers(
  port: number,
  count: number,
): Promise<Record<string, number>> {
  const answers: Record<string, number> = {};
  let left = count;
  const next = () => {
    if (left-- <= 0) return null;
    const host = crypto.randomUUID();
    return `GET /${OPENED} HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\nreferer: https://${host}.example/\r\n\r\n`;
  };
  const seen = (status: string) => {
    answers[status] = (answers[status] ?? 0) + 1;
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, () => openInTurn(port, next, seen)));
  return answers;
}

/** One connection, which sends a request after each answer. */
async function openInTurn(
  port: number,
  next: () => string | null,
  seen: (status: string) => void,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data(socket, bytes) {
        seen(bytes.toString("latin1", 9, 12));
        const request = next();
        if (request === null) socket.end();
        else socket.write(request);
      },
      close: () => resolve(),
    },
  });
  socket.write(next() ?? "");
  await promise;
}
