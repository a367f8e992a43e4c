import { isbot } from "isbot";
import { LRUCache } from "lru-cache";

/** The part of a User-Agent header that is kept. */
export interface Agent {
  readonly isBot: boolean;
  /** Whether it fetches a page for a link preview in a chat, an email or a post. */
  readonly isPreview: boolean;
  readonly browser: string;
  readonly system: string;
  /** Indexes in `browserNames`, `systemNames` and `deviceNames`. */
  readonly browserPlace: number;
  readonly systemPlace: number;
  readonly devicePlace: number;
  /** Id of the app whose own browser it is, or "". */
  readonly app: string;
}

/** Fetchers of link previews that have a name in robots.txt. */
export const previewFetchers: readonly string[] = [
  "facebookexternalhit",
  "facebookcatalog",
  "Twitterbot",
  "Slackbot",
  "Slackbot-LinkExpanding",
  "Slack-ImgProxy",
  "TelegramBot",
  "WhatsApp",
  "Discordbot",
  "LinkedInBot",
  "SkypeUriPreview",
  "Mattermost",
  "Iframely",
  "Embedly",
  "Viber",
  "Pinterestbot",
  "redditbot",
  "Mastodon",
  "Pleroma",
  "Misskey",
  "Bluesky",
  "bitlybot",
];

/** Link previews, and Office, which fetches a clicked link itself before it opens the browser. */
const PREVIEWS = new RegExp(
  `${previewFetchers.join("|")}|rocket\\.chat|cardyb|signal-desktop|zoom-preview|google-pagerenderer|outlook-link-preview|ms-?office|microsoft office`,
  "i",
);

const COMMAND_LINE = "Command line";

/** The first match is used, so a browser comes before the one it is based on. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\b(curl|wget|httpie)\//i, COMMAND_LINE],
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

/** Kinds of devices; Android phones say that they are mobile, and tablets do not. */
const DEVICES: readonly (readonly [RegExp, string])[] = [
  [/smart-?tv|appletv|hbbtv|googletv|android tv|\bbravia\b|\baft[a-z]|\broku\b|web0s|crkey/i, "TV"],
  [/\b(playstation|xbox|nintendo)\b/i, "Console"],
  [/\biPad\b|\btablet\b|\bKindle\b|\bSilk\/|\bPlayBook\b/i, "Tablet"],
  [/\bMobi|\biPhone\b|\biPod\b/i, "Mobile"],
  [/\bAndroid\b/, "Tablet"],
  [/\b(Windows|Macintosh|X11|Linux|CrOS)\b/, "Desktop"],
];

/** Browsers of apps, by the ids of these apps on Android: apps send no referrer. */
const APPS: readonly (readonly [RegExp, string])[] = [
  [/\bInstagram\b/, "com.instagram.android"],
  [/\bFB_?IAB\/Messenger|\bFBAN\/Messenger|\bMessengerForiOS\b/, "com.facebook.orca"],
  [/\bFBA[NV]\/|\bFB_IAB\//, "com.facebook.katana"],
  [/\bTwitter(Android| for iPhone)/, "com.twitter.android"],
  [/\bLinkedInApp\b/, "com.linkedin.android"],
  [/\bmusical_ly|\bBytedanceWebview\b|\bTikTok\b/, "com.zhiliaoapp.musically"],
  [/\bSnapchat\b/, "com.snapchat.android"],
  [/\[Pinterest\/|\bPinterest for /, "com.pinterest"],
  [/\bMicroMessenger\//, "com.tencent.mm"],
  [/\bLine\/\d/, "jp.naver.line.android"],
  [/\bTelegram-Android\b/, "org.telegram.messenger"],
  [/\bSlack\/|\bSlack_SSB\//, "com.Slack"],
  [/\bTeams\/|\bTeamsMobile/, "com.microsoft.teams"],
  [/\bGSA\//, "com.google.android.googlequicksearchbox"],
];

const OTHER = "Other";

/** Append only, never reorder: journals contain indexes. */
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
export const deviceNames: readonly string[] = [
  OTHER,
  "Desktop",
  "Mobile",
  "Tablet",
  "TV",
  "Console",
];

/** Maximum number of characters that are read. */
const MAX_LENGTH = 512;

const known = new LRUCache<string, Agent>({ max: 5000 });

/** Parses a User-Agent header; results are cached. */
export function readAgent(header: string): Agent {
  const text = header.slice(0, MAX_LENGTH);
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
    devicePlace: deviceNames.indexOf(firstMatch(DEVICES, text)),
    app: APPS.find(([pattern]) => pattern.test(text))?.[1] ?? "",
  };
  known.set(text, agent);
  return agent;
}

/** Whether it is a program that a person runs to download something, such as curl. */
export function isCommandLine({ browser }: Agent): boolean {
  return browser === COMMAND_LINE;
}

/** Name of a device, such as `Firefox on Linux`. */
export function nameDevice(header: string): string {
  const { browser, system } = readAgent(header);
  return `${browser} on ${system}`;
}

/** Name of a program, such as `curl/8.5.0`; of a browser, that of the device. */
export function nameProgram(header: string): string {
  const [product = ""] = /^[\x21-\x7e]{1,60}(?= |$)/.exec(header) ?? [];
  return product === "" || product.startsWith("Mozilla/") ? nameDevice(header) : product;
}

function firstMatch(rules: readonly (readonly [RegExp, string])[], text: string): string {
  return rules.find(([pattern]) => pattern.test(text))?.[1] ?? OTHER;
}
