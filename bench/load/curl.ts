import { percentile } from "../stats.ts";

export interface CurlOrder {
  readonly url: string;
  /** Expected size of each download. */
  readonly bytes: number;
  /** Number of parallel processes, each with a keep-alive connection. */
  readonly clients: number;
  /** Downloads per client. */
  readonly downloads: number;
}

export interface CurlResult {
  readonly requests: number;
  /** Downloads without status 200 or with missing bytes. */
  readonly failed: number;
  readonly bytesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** wrk reads 8 KB at a time and counts only complete responses, so large files are loaded by curl. */
export async function fetchWithCurl(order: CurlOrder): Promise<CurlResult> {
  const start = performance.now();
  const clients = Array.from({ length: order.clients }, () => runClient(order));
  const answers = (await Promise.all(clients)).flat();
  const seconds = (performance.now() - start) / 1000;
  const whole = answers.filter(({ status, bytes }) => status === 200 && bytes === order.bytes);
  const sorted = whole.map(({ ms }) => ms).sort((a, b) => a - b);
  const requests = order.clients * order.downloads;
  return {
    requests,
    failed: requests - whole.length,
    bytesPerSecond: (whole.length * order.bytes) / seconds,
    p50Ms: percentile(sorted, 50),
    p99Ms: percentile(sorted, 99),
  };
}

interface Answer {
  readonly status: number;
  readonly bytes: number;
  readonly ms: number;
}

async function runClient({ url, downloads }: CurlOrder): Promise<Answer[]> {
  const each = Array.from({ length: downloads }, () => ["--output", "/dev/null", url]).flat();
  const format = "%{http_code} %{size_download} %{time_total}\n";
  const child = Bun.spawn(["curl", "--silent", "--write-out", format, ...each], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const lines = (await child.stdout.text()).trimEnd().split("\n");
  return lines.map((line) => {
    const [status = 0, bytes = 0, seconds = 0] = line.split(" ").map(Number);
    return { status, bytes, ms: seconds * 1000 };
  });
}
