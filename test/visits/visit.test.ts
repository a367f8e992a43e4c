import { describe, expect, test } from "bun:test";
import { hostOf, nameReferrer, referrerOfApp } from "../../src/visits/referrer.ts";
import { nameDevice, readAgent } from "../../src/visits/user-agent.ts";
import { deviceOf, type Visit, visitorCodeOf, visitorOf } from "../../src/visits/visit.ts";

const CHROME =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

describe("a User-Agent", () => {
  test.each([
    [CHROME, "Chrome", "Windows"],
    [`${CHROME} Edg/140.0.0.0`, "Edge", "Windows"],
    [`${CHROME} OPR/120.0.0.0`, "Opera", "Windows"],
    [
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0",
      "Firefox",
      "macOS",
    ],
    [
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
      "Safari",
      "macOS",
    ],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
      "Safari",
      "iOS",
    ],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1",
      "Chrome",
      "iOS",
    ],
    [
      "Mozilla/5.0 (Linux; Android 15; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
      "Samsung Internet",
      "Android",
    ],
    [
      "Mozilla/5.0 (X11; CrOS x86_64 16000.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
      "Chrome",
      "ChromeOS",
    ],
    ["curl/8.5.0", "Command line", "Other"],
    ["", "Other", "Other"],
    ["\u0000\r\n<script>", "Other", "Other"],
    ["x".repeat(100_000), "Other", "Other"],
  ])("%p is %p on %p", (header, browser, system) => {
    expect(readAgent(header)).toMatchObject({ browser, system });
    expect(nameDevice(header)).toBe(`${browser} on ${system}`);
  });
});

const ON_PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15";
const ON_ANDROID = "Mozilla/5.0 (Linux; Android 15; SM-S921B; wv) AppleWebKit/537.36 Mobile";

describe("a device", () => {
  test.each([
    [CHROME, "Desktop"],
    [ON_PHONE, "Mobile"],
    [ON_ANDROID, "Mobile"],
    ["Mozilla/5.0 (Linux; Android 14; SM-X200) Chrome/140.0.0.0 Safari/537.36", "Tablet"],
    ["Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari", "Tablet"],
    ["Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) Version/6.0 TV Safari/537.36", "TV"],
    ["Mozilla/5.0 (PlayStation; PlayStation 5/6.0) AppleWebKit/605.1.15", "Console"],
    ["curl/8.5.0", "Other"],
    ["", "Other"],
  ])("of %p is %p", (userAgent, device) => {
    expect(deviceOf(visitorCodeOf({ userAgent, purpose: "" }))).toBe(device);
  });
});

describe("the app of an in-app browser", () => {
  test.each([
    [`${ON_PHONE} Mobile/15E148 Instagram 350.0.0`, "Instagram"],
    [`${ON_ANDROID} Chrome/140.0 [FB_IAB/FB4A;FBAV/480.0;]`, "Facebook"],
    [`${ON_PHONE} Mobile/15E148 [FBAN/MessengerForiOS;FBAV/480.0]`, "Messenger"],
    [`${ON_PHONE} Mobile/15E148 musical_ly_35.0 BytedanceWebview/d8a21c6`, "TikTok"],
    [`${ON_PHONE} Mobile/15E148 [LinkedInApp]/9.30`, "LinkedIn"],
    [`${ON_ANDROID} MicroMessenger/8.0.50`, "WeChat"],
    [`${ON_PHONE} GSA/340.0 Mobile/15E148 Safari/604.1`, "Google"],
    [CHROME, ""],
  ])("of %p is %p", (userAgent, name) => {
    expect(nameReferrer(referrerOfApp(readAgent(userAgent).app))).toBe(name);
  });
});

describe("a visitor", () => {
  const classify = (told: Pick<Visit, "userAgent" | "referrer" | "purpose">) =>
    visitorOf(visitorCodeOf(told), hostOf(told.referrer));
  const visit = { userAgent: CHROME, referrer: "", purpose: "" };

  test.each([
    [{}, "human"],
    [{ userAgent: "" }, "bot"],
    [{ userAgent: "curl/8.5.0" }, "bot"],
    [
      { userAgent: "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)" },
      "bot",
    ],
    [{ userAgent: "facebookexternalhit/1.1" }, "preview"],
    [{ userAgent: "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)" }, "preview"],
    [{ userAgent: "TelegramBot (like TwitterBot)" }, "preview"],
    [{ userAgent: "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)" }, "preview"],
    [{ userAgent: "Mozilla/4.0 (compatible; ms-office; MSOffice rmj)" }, "preview"],
    [{ userAgent: "Mozilla/4.0 (compatible; ms-office; MSOffice 16)" }, "preview"],
    [
      { userAgent: "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)" },
      "preview",
    ],
    [{ userAgent: "Microsoft Office Word 2014" }, "preview"],
    [
      { userAgent: "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; ms-office)" },
      "preview",
    ],
    [{ purpose: "prefetch" }, "prefetch"],
    [{ purpose: "prefetch;prerender" }, "prefetch"],
    [{ purpose: "other" }, "human"],
  ] as const)("with %p is a %s", (headers, visitorClass) => {
    expect(classify({ ...visit, ...headers }).class).toBe(visitorClass);
  });

  test.each([
    ["https://News.Example/path?q=secret", "news.example"],
    ["http://127.0.0.1:8080/", "127.0.0.1"],
    ["android-app://com.google.android.gm/", "android-app://com.google.android.gm"],
    ["android-app://com.Slack/path", "android-app://com.Slack"],
    ["android-app://nodots/", ""],
    ["android-app:com.example", ""],
    [`android-app://${"a.".repeat(150)}b/`, ""],
    ["not a url", ""],
    ["", ""],
    ["javascript:alert(1)", ""],
    [`https://${"a".repeat(300)}.example/`, ""],
  ])("from %p comes from the host %p", (referrer, host) => {
    expect(classify({ ...visit, referrer }).referrerHost).toBe(host);
  });

  test.each([
    ["android-app://com.google.android.gm/", "Gmail"],
    ["android-app://org.telegram.messenger/", "Telegram"],
    ["android-app://com.example.reader/", "com.example.reader"],
    ["https://com.google.android.gm/", "com.google.android.gm"],
  ])("from %p is shown as from %p", (referrer, name) => {
    expect(nameReferrer(hostOf(referrer))).toBe(name);
  });
});
