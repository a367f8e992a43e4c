import type { Cluster } from "../cluster.ts";
import type { ClusterNode } from "../machines/cluster-node.ts";
import { ask } from "./ask.ts";

const BOUNDARY = "----trunk8cluster";

export interface SentFile {
  readonly status: number;
  readonly text: string;
}

/** Uploads at one node, and what became of them. */
export class Uploads {
  readonly #cluster: Cluster;
  /** Of each acknowledged file, its bytes. */
  readonly #acknowledged = new Map<string, Buffer>();
  #serial = 0;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  get count(): number {
    return this.#acknowledged.size;
  }

  /** @param size of the file in bytes */
  async send(node: ClusterNode, size: number, timeoutMs = 10_000): Promise<SentFile> {
    const code = `file-${node.name}-${Date.now()}-${this.#serial++}`;
    const bytes = Buffer.alloc(size, 7);
    crypto.getRandomValues(bytes.subarray(0, Math.min(size, 1024)));
    const fields = { link_type: "file", short_code: code };
    const body = multipart(fields, "file", "a.zip", bytes);
    const answer = await ask(node.port, "/add", { cookie: this.#cluster.cookie, body, timeoutMs });
    if (answer.status === 201) this.#acknowledged.set(code, bytes);
    return { status: answer.status, text: answer.text };
  }

  /** Acknowledged files that a node does not return whole. */
  async lost(): Promise<string[]> {
    const lost: string[] = [];
    for (const [code, bytes] of this.#acknowledged)
      for (const { name, port } of this.#cluster.nodes) {
        const answer = await fetch(`http://127.0.0.1:${port}/${code}`, { headers: HEADERS });
        const got = Buffer.from(await answer.arrayBuffer());
        if (!got.equals(bytes))
          lost.push(`${code} at ${name}: ${answer.status}, ${got.length} bytes`);
      }
    return lost;
  }
}

/** As the balancer sends them. */
export const HEADERS = { host: "x.example", "x-forwarded-proto": "https" };

export function multipart(
  fields: Readonly<Record<string, string>>,
  name: string,
  fileName: string,
  bytes: Uint8Array,
): { readonly type: string; readonly bytes: Uint8Array } {
  const part = (head: string) => `--${BOUNDARY}\r\nContent-Disposition: form-data; ${head}`;
  const texts = Object.entries(fields).map(([key, value]) =>
    part(`name="${key}"\r\n\r\n${value}\r\n`),
  );
  const file = part(
    `name="${name}"; filename="${fileName}"\r\nContent-Type: application/zip\r\n\r\n`,
  );
  const parts = [Buffer.from(texts.join("") + file), bytes, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)];
  return { type: `multipart/form-data; boundary=${BOUNDARY}`, bytes: Buffer.concat(parts) };
}
