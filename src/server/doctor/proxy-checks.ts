import { rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ADMIN_USERNAME, type User } from "../../accounts/user.ts";
import type { App } from "../../app.ts";
import { BYTES_A_MB } from "../../config/values/sizes.ts";
import type { Fault } from "../../fault.ts";
import type { ReceivedFile } from "../../files/blobs.ts";
import {
  describeChain,
  judgeClient,
  judgeHost,
  judgeScheme,
  proxyLine,
} from "../../http/proxy-check/proxy-advice.ts";
import type { Chain } from "../../http/proxy-check/proxy-chain.ts";
import type { Swallowed } from "../../http/proxy-check/proxy-probe.ts";
import { href } from "../../http/urls.ts";
import { inputContext, type NewLinkInput, parseNewLink } from "../../links/input/link-schema.ts";
import { MAX_TARGET_BYTES } from "../../links/target/target.ts";
import { operator } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import { CUT_OFF, FORGED, ProxyAsker } from "./proxy-asker.ts";
import type { Check } from "./site-checks.ts";
import { text } from "./text.en.ts";

/** Returns the checks of the proxy at `origin`, which forwards to this site. If `reach` fails, so would the rest. */
export function checksOfProxy(app: App, origin: string): { reach: Check; rest: Check[] } {
  const asker = new ProxyAsker(app, origin);
  const { protocol, host } = new URL(origin);
  const asked = { isHttps: protocol === "https:", host, forged: FORGED };
  const judge = async function* (faultsOf: (chain: Chain) => Fault[]) {
    yield* faultsOf(await asker.chain());
  };
  const reach: Check = {
    name: "reach",
    find: () => judge(() => []),
    seen: async () => describeChain(await asker.chain()),
  };
  const rest: Check[] = [
    { name: "client", find: () => judge((chain) => judgeClient(chain, asked)) },
    { name: "scheme", find: () => judge((chain) => judgeScheme(chain, asked)) },
    { name: "host", find: () => judge((chain) => judgeHost(chain, asked)) },
    { name: "body-size", find: () => findBodyLimit(app, asker) },
    { name: "buffering", find: () => findBuffering(asker) },
    { name: "ranges", find: () => findBrokenRanges(app, asker) },
    { name: "long-headers", find: () => findHeaderLimit(app, asker) },
  ];
  return { reach, rest };
}

/** The largest body sent if file size is unlimited. */
const TRIED_MB = 256;

/** Sends growing bodies, up to the largest file allowed. */
async function* findBodyLimit(app: App, asker: ProxyAsker): AsyncGenerator<Fault> {
  const most = app.live.current["app.max_file_size_mb"] || TRIED_MB;
  let passed = 0;
  for (const megabytes of growing(most)) {
    const answered = await sendZeros(app, asker, megabytes * BYTES_A_MB);
    if (typeof answered === "number") return yield describeLimit(passed, megabytes, most, answered);
    passed = megabytes;
  }
}

/** Returns 1, 4, 16 and so on, and `most`. */
function growing(most: number): number[] {
  const steps = [1, 4, 16, 64, 256, 1024].filter((step) => step < most);
  return [...steps, Math.min(most, 2047)];
}

/** Sends a sparse file, which takes neither disk space nor memory. */
async function sendZeros(app: App, asker: ProxyAsker, bytes: number): Promise<Swallowed | number> {
  const path = join(app.runFolder, `probe-${process.pid}`);
  try {
    await writeFile(path, "", { mode: 0o600 });
    await truncate(path, bytes);
    return await asker.send(Bun.file(path));
  } finally {
    await rm(path, { force: true });
  }
}

function describeLimit(passed: number, refused: number, most: number, status: number): Fault {
  const limit = most + 1;
  return {
    what: text.proxy.bodyLimit(passed, refused, describeStatus(status), most),
    remedy: proxyLine(
      `client_max_body_size ${limit}m;`,
      text.proxy.haproxyNoLimit,
      `request_body { max_size ${limit}MiB }`,
    ),
  };
}

function describeStatus(status: number): string {
  return status === CUT_OFF ? text.proxy.cutOff : text.proxy.status(status);
}

/** Pause between the two halves of a body. */
const PAUSE_MS = 1200;

/** Finds a proxy that buffers uploads: a large one takes disk space there, and twice the time. */
async function* findBuffering(asker: ProxyAsker): AsyncGenerator<Fault> {
  const answered = await asker.send(slowBody());
  if (typeof answered === "number")
    return yield {
      what: text.proxy.slowBody(describeStatus(answered)),
      remedy: proxyLine("client_body_timeout 30s;", "timeout client 30s", "read_body 30s"),
    };
  if (answered.spreadMs >= PAUSE_MS / 2) return;
  yield {
    what: text.proxy.buffered,
    remedy: proxyLine(
      "proxy_request_buffering off;",
      text.proxy.haproxyNotBuffered,
      text.proxy.caddyNotBuffered,
    ),
  };
}

function slowBody(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: async (controller) => {
      controller.enqueue(new Uint8Array(65_536));
      await Bun.sleep(PAUSE_MS);
      controller.enqueue(new Uint8Array(65_536));
      controller.close();
    },
  });
}

/** Larger than what is answered from memory, so that nginx sends it if files.accelerate is set. */
const FILE_BYTES = 100_000;

/** Finds a proxy that breaks range requests for files. */
async function* findBrokenRanges(app: App, asker: ProxyAsker): AsyncGenerator<Fault> {
  const bytes = new Uint8Array(app.random(FILE_BYTES));
  const code = await makeFile(app, bytes);
  try {
    const path = href("open", { shortCode: code });
    const { status, headers, ...response } = await askRange(asker, path);
    const isRight = Buffer.compare(response.bytes, bytes.subarray(FIRST, LAST + 1)) === 0;
    if (headers.has("x-accel-redirect") || (status === 200 && response.bytes.length === 0))
      yield {
        what: text.proxy.noAccel,
        remedy: text.proxy.noAccelRemedy,
      };
    else if (status === 200) yield rangeIgnored();
    else if (status !== 206 || !isRight) yield describeBroken(app, status);
    else if (!isProtected(headers)) yield unprotected();
  } finally {
    await app.links.discard(operator, code);
  }
}

const FIRST = 1000;
const LAST = 1999;

async function askRange(asker: ProxyAsker, path: string) {
  const response = await asker.get(path, { range: `bytes=${FIRST}-${LAST}` });
  const { status, headers } = response;
  return { status, headers, bytes: await response.bytes() };
}

function isProtected(headers: Headers): boolean {
  return headers.has("x-content-type-options") && headers.has("content-security-policy");
}

const rangeIgnored = (): Fault => ({
  what: text.proxy.rangeIgnored,
  remedy: proxyLine(
    "proxy_set_header Range $http_range;",
    text.proxy.haproxyRange,
    text.proxy.caddyRange,
  ),
});

const unprotected = (): Fault => ({
  what: text.proxy.unprotected,
  remedy: text.proxy.unprotectedRemedy,
});

function describeBroken({ live }: App, status: number): Fault {
  const isAccelerated = live.current["files.accelerate"] !== "";
  return {
    what: status === 206 ? text.proxy.fileDamaged : text.proxy.fileStatus(status),
    remedy: isAccelerated ? text.proxy.accelRemedy(live.dataFolder) : text.proxy.proxyLogRemedy,
  };
}

async function* findHeaderLimit(app: App, asker: ProxyAsker): AsyncGenerator<Fault> {
  const beginning = "https://example.org/";
  const url = beginning + "x".repeat(MAX_TARGET_BYTES - beginning.length);
  const code = await makeLink(app, { target: url }, null);
  try {
    const { status, headers } = await asker.get(href("open", { shortCode: code }));
    if (status === 302 && headers.get("location") === url) return;
    yield {
      what: text.proxy.longLocation(MAX_TARGET_BYTES, status),
      remedy: proxyLine("proxy_buffer_size 32k;", "tune.bufsize 32768", text.proxy.caddyNoLimit),
    };
  } finally {
    await app.links.discard(operator, code);
  }
}

async function makeFile(app: App, bytes: Uint8Array): Promise<string> {
  const owner = await findAdministrator(app);
  const file = { name: "probe.bin", bytes: new Blob([bytes]).stream() };
  await using received = await app.files.blobs.receive(owner, file, FILE_BYTES);
  return await makeLink(app, { kind: "file" }, received);
}

/** Creates a link that expires, in case this process crashes. */
async function makeLink(
  app: App,
  fields: NewLinkInput,
  file: ReceivedFile | null,
): Promise<string> {
  const { id: ownerId } = await findAdministrator(app);
  const input = parseNewLink({ ...fields, expiresAt: "1h" }, inputContext(app, []), {
    hasContent: file !== null,
  });
  return (await app.links.create(operator, { ownerId }, input, file)).shortCode;
}

async function findAdministrator({ accounts: { users } }: App): Promise<User> {
  const user = await users.findByUsername(ADMIN_USERNAME);
  if (user === null) throw new Problem("not_found", text.proxy.noAdministrator);
  return user;
}
