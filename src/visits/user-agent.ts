import { isbot } from "isbot";
import { LRUCache } from "lru-cache";

/** What a User-Agent header tells, as coarsely as we keep it. */
export interface Agent {
  readonly isBot: boolean;
  /** Fetches a page to show a card of it in a chat, a mail or a post. */
  readonly isPreview: boolean;
  readonly browser: string;
  readonly system: string;
  /** The places of `browser` and `system` in `browserNames` and `systemNames`. */
  readonly browserPlace: number;
  readonly systemPlace: number;
}

const PREVIEWS =
  /facebookexternalhit|facebookcatalog|twitterbot|slackbot|slack-imgproxy|telegrambot|whatsapp|discordbot|linkedinbot|skypeuripreview|mattermost|rocket\.chat|iframely|embedly|viber|pinterestbot|redditbot|mastodon|pleroma|misskey|bluesky|cardyb|signal-desktop|zoom-preview|google-pagerenderer|outlook-link-preview|bitlybot/i;

/** First match wins, so a browser built on another comes before it. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\b(curl|wget|httpie)\//i, "Command line"],
  [/\bEdg(e|A|iOS)?\//, "Edge"],
  [/\b(OPR|Opera)\b/, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bYaBrowser\//, "Yandex"],
  [/\bVivaldi\//, "Vivaldi"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Chrome|Chromium|CriOS)\//, "Chrome"],
  [/\bVersion\/[\d.]+.*Safari\//, "Safari"],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\b(iPhone|iPad|iPod)\b/, "iOS"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bLinux\b|\bX11\b/, "Linux"],
];

const OTHER = "Other";

/** Appended to, never reordered: journals hold their places. */
export const browserNames: readonly string[] = [
  OTHER,
  "Command line",
  "Edge",
  "Opera",
  "Samsung Internet",
  "Yandex",
  "Vivaldi",
  "Firefox",
  "Chrome",
  "Safari",
];
export const systemNames: readonly string[] = [
  OTHER,
  "iOS",
  "Android",
  "ChromeOS",
  "Windows",
  "macOS",
  "Linux",
];

/** Most characters of a header that are looked at. */
const LONGEST = 512;

const known = new LRUCache<string, Agent>({ max: 5000 });

/** Reads a User-Agent header; the same text is read once. */
export function readAgent(header: string): Agent {
  const text = header.slice(0, LONGEST);
  const before = known.get(text);
  if (before !== undefined) return before;
  const browser = firstMatch(BROWSERS, text);
  const system = firstMatch(SYSTEMS, text);
  const agent: Agent = {
    isBot: text === "" || isbot(text),
    isPreview: PREVIEWS.test(text),
    browser,
    system,
    browserPlace: browserNames.indexOf(browser),
    systemPlace: systemNames.indexOf(system),
  };
  known.set(text, agent);
  return agent;
}

/** `Firefox on Linux`: how a session's device is named to its owner. */
export function nameDevice(header: string): string {
  const { browser, system } = readAgent(header);
  return `${browser} on ${system}`;
}

function firstMatch(rules: readonly (readonly [RegExp, string])[], text: string): string {
  return rules.find(([pattern]) => pattern.test(text))?.[1] ?? OTHER;
}
