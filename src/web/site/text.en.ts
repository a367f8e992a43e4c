import { catalogue } from "../../text/catalogue.ts";
import { formatCount } from "../../text/format.ts";

/** Texts of the site's settings and of the themes. */
export const text = catalogue({
  siteSettings: {
    title: "Site settings",
    proxyCheck: "Proxy check",
    savedToFile:
      "Changes apply to the whole site immediately and are saved to {file}, where you find more settings.",
    savedToDatabase:
      "Changes apply to the whole site, on every node, within a second. They are saved in the database and override each node's config.toml.",
    overridden: "{value}, set by {overrider}. Change it there and restart.",
    empty: "(empty)",
    noContentOrigin:
      "Users' HTML pages are served from this site's own host, in a sandbox and a frame. To separate them, set {setting} to another domain in config.toml.",
    correct: "Please correct the fields marked below.",
    leadsBack: "The fallback leads back to itself, through other links of this site.",
    mustBe: (form: string) => `Must be ${form}.`,
  },
  nodes: {
    title: "Nodes",
    heads: {
      name: "Node",
      state: "Status",
      version: "Version",
      started: "Started",
      clock: "Clock",
      changes: "Changes arrive after",
      seen: "Last seen",
      action: "Action",
    },
    states: { ready: "Ready", draining: "Draining", gone: "Stopped", away: "Away" },
    clock: (aheadMs: number) => {
      const ms = formatCount(Math.abs(aheadMs));
      return aheadMs < 0 ? `${ms} ms behind` : `${ms} ms ahead`;
    },
    changes: (ms: number | null) => (ms === null ? "Not at all" : `${formatCount(ms)} ms`),
    differentVersions: "The nodes run different versions. Finish the upgrade soon.",
    clocksDiffer: "The clock of a node is wrong. Synchronize the clocks of all nodes by NTP.",
    forget: "Remove",
    forgetNode: (name: string) => `Remove ${name}`,
    actionUnknown: "Unknown action.",
  },
  labels: {
    "app.title": "Site name",
    "app.home": "Home page for visitors",
    "app.timezone": "Time zone",
    "server.public_url": "Public URL",
    "app.max_file_size_mb": "Maximum file size (MB)",
    "files.quota_mb": "Storage quota per user (MB)",
    "files.allowed_extensions": "Allowed file extensions",
    "files.inline": "Open new files in the browser",
    "files.remove_metadata": "Remove location and camera data from images",
    "session.permanent_lifetime_days": "Remember sign-ins for (days)",
    "links.schemes": "Allowed URL schemes",
    "links.indexed": "Let search engines index short links",
    "links.fallback_url": "Fallback of links",
    "links.forward_query": "Pass parameters on to destinations",
    "links.embed_anywhere": "Links may be embedded on any website",
    "links.gone_text": "Message when a link is over",
    "links.expired_retention_days": "Delete expired links after (days)",
    "links.max_age_seconds": "Cache lifetime of links (seconds)",
    "visits.retention_days": "Raw visit retention (days)",
    "audit.retention_days": "Activity log retention (days)",
    "backup.keep_daily": "Daily backups to keep",
    "backup.keep_weekly": "Weekly backups to keep",
  },
  help: {
    "app.home": "login shows the sign-in page. An http or https URL redirects to it.",
    "app.timezone":
      "For times given without one, as an IANA name such as Europe/Berlin. Leave empty for the server's time zone.",
    "server.public_url":
      "Such as https://x.example. Leave empty to use the address that each page was requested under.",
    "app.max_file_size_mb": "0 means unlimited.",
    "files.quota_mb": "For users without a quota of their own. 0 means unlimited.",
    "files.allowed_extensions": "Separate with commas. * allows all.",
    "files.inline": "If their type is harmless. Existing links do not change.",
    "files.remove_metadata": "Chosen beforehand in the form. Users can clear it.",
    "session.permanent_lifetime_days": 'For users who choose "Remember me".',
    "links.schemes": "For the destinations of links. Separate with commas.",
    "links.fallback_url":
      "Where visitors are sent by links that have expired, are disabled or have reached their visit limit, and have no fallback of their own. Leave empty for a message.",
    "links.forward_query": "For redirects that have no choice of their own.",
    "links.embed_anywhere":
      "If their owners choose so. Otherwise only on websites that a link names.",
    "links.gone_text":
      "What visitors read when such a link has no fallback. Leave empty for the default message.",
    "links.expired_retention_days": "0 means immediately.",
    "links.max_age_seconds":
      "How long browsers and shared caches may answer for a link. Visits they answer are not counted, and changed or disabled links stay reachable there for that long. 0 means never.",
    "visits.retention_days": "Totals are kept forever.",
    "backup.keep_daily": "Site backups, kept on the server. 0 means no daily backups.",
    "backup.keep_weekly": "In addition, the first daily backup of each week. 0 means none.",
  },
  themes: {
    title: "Settings",
    yours:
      "These themes apply to you. Your Markdown pages have the second one for visitors, too, unless they are signed in and have chosen one themselves.",
    siteWide: "These themes apply to visitors, and to users who have not chosen their own.",
    pages: "Page theme",
    markdown: "Markdown theme",
    siteDefault: "Site default",
    currently: (theme: string) => `Currently ${theme}`,
    overridden: (theme: string, overrider: string) =>
      `${theme}, set by ${overrider}. Change it there and restart.`,
    choose: "Choose a theme.",
    chooseForSite: "Choose a theme for the site.",
    unknown: "Unknown theme. Choose another one.",
  },
  /** A document to show a theme with. */
  sample: {
    title: "Bread in four steps",
    introduction: "Flour, water, salt and {emphasis}. More in {link}.",
    emphasis: "time",
    link: "the notes",
    quote: "Good dough takes its time.",
    mix: "Mix, and let it {emphasis}",
    rest: "rest",
    bake: "Bake at {temperature} degrees",
    temperature: "230",
    flour: "Flour",
    water: "Water",
    flourAmount: "500 g",
    waterAmount: "350 g",
  },
  proxyCheck: {
    title: "Proxy check",
    intro: "How your request reached this server.",
    client: "Your IP address",
    scheme: "Scheme",
    host: "Host",
    connection: "Connection from",
    from: "{value} (from {source})",
    hostInvalid: "no valid Host header",
    peerTrusted: "{peer} (trusted)",
    peerUntrusted: "{peer} (not trusted)",
    absent: "not sent",
    noProblems: "No problems found.",
    more: "To check upload size, buffering, ranges and long headers as well, run on this server: {command}",
  },
});
