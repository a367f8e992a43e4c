/** An upload of a file for a link called `half`, sent by hand. */
export interface Upload {
  /** What comes back: the beginning of it, or nothing where the connection ends. */
  readonly answer: Promise<string>;
  /** Sends so many bytes more of the file. */
  send(bytes: number): void;
  /** Sends the rest. */
  finish(): void;
}

const SIZE = 100_000;
const BOUNDARY = "between";
const HEAD = `${field("link_type", "file")}${field("short_code", "half")}--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n\r\n`;
const TAIL = `\r\n--${BOUNDARY}--\r\n`;

/** Sends a form with half a file of 100,000 bytes. */
export async function beginUpload(origin: string, cookie: string): Promise<Upload> {
  const { promise: answer, resolve } = Promise.withResolvers<string>();
  const { hostname, port, host } = new URL(origin);
  let answered = "";
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      data(_, chunk) {
        answered += chunk.toString("latin1");
        if (answered.includes("\r\n")) resolve(answered);
      },
      close: () => resolve(answered),
      error: () => resolve(answered),
    },
  });
  const headers = [
    "POST /add HTTP/1.1",
    `Host: ${host}`,
    `Cookie: ${cookie}`,
    "Accept: application/json",
    `Content-Type: multipart/form-data; boundary=${BOUNDARY}`,
    `Content-Length: ${HEAD.length + SIZE + TAIL.length}`,
  ];
  socket.write(`${headers.join("\r\n")}\r\n\r\n${HEAD}`);
  let left = SIZE;
  const send = (bytes: number) => {
    left -= bytes;
    socket.write("x".repeat(bytes));
  };
  send(SIZE / 2);
  return {
    answer,
    send,
    finish: () => {
      send(left);
      socket.write(TAIL);
    },
  };
}

function field(name: string, value: string): string {
  return `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}
