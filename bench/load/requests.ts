import { join } from "node:path";
import { type Dice, seededDice, shuffled } from "../seed/dice.ts";
import type { SeededLink } from "../seed/fill.ts";
import { linkAt } from "../seed/links.ts";

/** Distribution of visits: over a thousand links by Zipf's law, or over all links uniformly. */
export const loadNames = ["hot", "uniform"] as const;
export type LoadName = (typeof loadNames)[number];

/** Files of complete HTTP/1.1 requests, so that the load generator spends no time on building them. */
export type RequestFiles = Readonly<Record<LoadName, string>>;

const HOT_LINKS = 1000;
const HOT_REQUESTS = 50_000;

/** More than a server caches, so that each has been evicted when it is repeated. */
const UNIFORM_LINKS = 200_000;

const agents = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
  "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
];

/** Half of the requests have a referrer. */
const referrers = ["", "", "https://news.example/", "https://mail.example/"];

/** Requests for the links of a seed with `count` links. */
export async function writeRequests(folder: string, count: number): Promise<RequestFiles> {
  const dice = seededDice(2);
  const files = {
    hot: join(folder, `hot-${count}.requests`),
    uniform: join(folder, `uniform-${count}.requests`),
  };
  const hot = pickByZipf(spread(count, HOT_LINKS, dice), HOT_REQUESTS, dice);
  await Bun.write(files.hot, hot.map(requestFor).join(""));
  await Bun.write(files.uniform, spread(count, UNIFORM_LINKS, dice).map(requestFor).join(""));
  return files;
}

/** At most this many links, evenly spread over all, in random order. */
function spread(count: number, most: number, dice: Dice): SeededLink[] {
  const length = Math.min(count, most);
  const links = Array.from({ length }, (_, at) => linkAt(Math.floor((at * count) / length)));
  return shuffled(links, dice);
}

/** Picks the n-th link with a probability proportional to 1/n. */
function pickByZipf(links: readonly SeededLink[], picks: number, dice: Dice): SeededLink[] {
  let sum = 0;
  const sums = Float64Array.from(links, (_, at) => (sum += 1 / (at + 1)));
  return Array.from({ length: picks }, () => links[placeOf(dice() * sum, sums)] ?? linkAt(0));
}

/** Index of the first sum that reaches `wanted`. */
function placeOf(wanted: number, sums: Float64Array): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The complete request of the `at`-th visitor. */
export function requestFor({ shortCode }: Pick<SeededLink, "shortCode">, at: number): string {
  const referrer = referrers[(at >> 2) % referrers.length];
  const lines = [
    `GET /${shortCode} HTTP/1.1`,
    "Host: go.example",
    `User-Agent: ${agents[at % agents.length]}`,
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language: en-US,en;q=0.5",
    "Accept-Encoding: gzip, deflate, br, zstd",
    ...(referrer === "" ? [] : [`Referer: ${referrer}`]),
    "Sec-Fetch-Dest: document",
    "Sec-Fetch-Mode: navigate",
    "Sec-Fetch-Site: cross-site",
    "Upgrade-Insecure-Requests: 1",
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}
