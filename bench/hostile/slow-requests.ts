import { connect, type Socket } from "node:net";

const BOUNDARY = "hostile-boundary";
const UPLOADS = 5;
const UPLOAD_BYTES = 40_000_000;
const FORM_BYTES = 7_900_000;

/** How long the requests are held after their last byte. */
const HELD_MS = 15_000;

const CHUNK = Buffer.alloc(65_536, "a");

/** Uploads five files that never end, as whole and in chunks of unknown length. */
export async function sendWithoutEnd(
  port: number,
  cookie: string,
): Promise<Record<string, number>> {
  const head = part('name="link_type"', "file") + partHead('name="file"; filename="a.bin"');
  const kinds = Array.from({ length: UPLOADS }, (_, at) => at % 2 === 0);
  return await countAnswers(
    kinds.map((isChunked) => hold({ port, cookie, head, bytes: UPLOAD_BYTES, isChunked })),
  );
}

/** Forms whose typed text does not end. */
export async function holdForms(
  port: number,
  cookie: string,
  count: number,
): Promise<Record<string, number>> {
  const head = part('name="link_type"', "markdown") + partHead('name="file_text_content"');
  return await countAnswers(
    Array.from({ length: count }, () =>
      hold({ port, cookie, head, bytes: FORM_BYTES, isChunked: false }),
    ),
  );
}

function part(fields: string, value: string): string {
  return `${partHead(fields)}${value}\r\n`;
}

function partHead(fields: string): string {
  return `--${BOUNDARY}\r\ncontent-disposition: form-data; ${fields}\r\n\r\n`;
}

interface SlowRequest {
  readonly port: number;
  readonly cookie: string;
  readonly head: string;
  readonly bytes: number;
  readonly isChunked: boolean;
}

/** Returns the status, `closed` without one, or `held` if the server still waits. */
async function hold({ port, cookie, head, bytes, isChunked }: SlowRequest): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect({ host: "127.0.0.1", port });
  socket.on("data", (answer) => resolve(answer.toString("latin1", 9, 12)));
  socket.on("error", () => resolve("closed"));
  socket.on("close", () => resolve("closed"));
  const length = isChunked ? "transfer-encoding: chunked" : `content-length: ${bytes + 1_000_000}`;
  socket.write(
    `POST /add HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncookie: ${cookie}\r\naccept: application/json\r\ncontent-type: multipart/form-data; boundary=${BOUNDARY}\r\n${length}\r\n\r\n`,
  );
  const send = (chunk: Buffer | string) => write(socket, chunk, isChunked);
  await send(head);
  for (let sent = 0; sent < bytes && !socket.destroyed; sent += CHUNK.length) await send(CHUNK);
  const ending = setTimeout(() => resolve("held"), HELD_MS);
  const answer = await promise;
  clearTimeout(ending);
  socket.destroy();
  return answer;
}

/** No faster than the server takes it. */
async function write(socket: Socket, chunk: Buffer | string, isChunked: boolean): Promise<void> {
  if (socket.destroyed) return;
  if (isChunked) socket.write(`${chunk.length.toString(16)}\r\n`);
  const isFree = socket.write(chunk);
  if (isChunked) socket.write("\r\n");
  if (isFree) return;
  await Promise.race([
    new Promise((resolve) => socket.once("drain", resolve)),
    new Promise((resolve) => socket.once("close", resolve)),
    Bun.sleep(HELD_MS),
  ]);
}

async function countAnswers(answers: readonly Promise<string>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const answer of await Promise.all(answers)) counts[answer] = (counts[answer] ?? 0) + 1;
  return counts;
}
