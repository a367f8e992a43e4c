/** Maximum length of a host in DNS. */
const MAX_HOST = 253;

/** Beginning of a stored referrer that is an Android app. */
const ANDROID = "android-app://";

/** Longer referrers are not read: a host is at the beginning, but so may be credentials. */
const MAX_REFERRER = 2048;

/** An id of an Android app; unlike a host it distinguishes upper and lower case. */
const APP_ID = /^[A-Za-z]\w*(?:\.[A-Za-z]\w*)+$/;

/** Names of apps by their ids. */
const apps: ReadonlyMap<string, string> = new Map([
  ["com.discord", "Discord"],
  ["com.facebook.katana", "Facebook"],
  ["com.facebook.orca", "Messenger"],
  ["com.google.android.apps.magazines", "Google News"],
  ["com.google.android.apps.messaging", "Google Messages"],
  ["com.google.android.gm", "Gmail"],
  ["com.google.android.googlequicksearchbox", "Google"],
  ["com.google.android.youtube", "YouTube"],
  ["com.instagram.android", "Instagram"],
  ["com.linkedin.android", "LinkedIn"],
  ["com.microsoft.office.outlook", "Outlook"],
  ["com.microsoft.teams", "Microsoft Teams"],
  ["com.pinterest", "Pinterest"],
  ["com.reddit.frontpage", "Reddit"],
  ["com.snapchat.android", "Snapchat"],
  ["com.tencent.mm", "WeChat"],
  ["com.Slack", "Slack"],
  ["com.twitter.android", "X"],
  ["com.whatsapp", "WhatsApp"],
  ["com.zhiliaoapp.musically", "TikTok"],
  ["jp.naver.line.android", "LINE"],
  ["org.telegram.messenger", "Telegram"],
  ["org.thoughtcrime.securesms", "Signal"],
]);

/**
 * Host of a referrer, `android-app://` and the id of an Android app, or "". Always ASCII: browsers send
 * internationalized names in punycode.
 */
export function hostOf(referrer: string): string {
  const url = referrer.length > MAX_REFERRER ? null : URL.parse(referrer);
  if (url === null || url.hostname.length > MAX_HOST) return "";
  switch (url.protocol) {
    case "https:":
    case "http:":
      return url.hostname;
    case "android-app:":
      return appOf(url.hostname);
    default:
      return "";
  }
}

/** What is stored of an opening in an app's own browser, which sends no referrer. */
export function referrerOfApp(id: string): string {
  return id === "" ? "" : ANDROID + id;
}

function appOf(id: string): string {
  const app = ANDROID + id;
  return APP_ID.test(id) && app.length <= MAX_HOST ? app : "";
}

/** The name by which people know a stored referrer: an app's, or the host. */
export function nameReferrer(host: string): string {
  if (!host.startsWith(ANDROID)) return host;
  const id = host.slice(ANDROID.length);
  return apps.get(id) ?? id;
}
