import { catalogue } from "../../../text/catalogue.ts";
import { formatCount, formatList, plural } from "../../../text/format.ts";

/** Texts of the frame around every page: bar, notices, warnings, problems. */
export const text = catalogue({
  skip: "Skip to content",
  siteBar: {
    label: "Site",
    api: "API",
    links: "Links",
    add: "Add",
    stats: "Statistics",
    tags: "Tags",
    trash: "Trash",
    profile: "Profile",
    settings: "Settings",
    users: "Users",
    activityLog: "Activity log",
    siteSettings: "Site settings",
  },
  impersonation: {
    label: "Impersonation",
    active: (administrator: string) =>
      `You are impersonating {user}. Your actions are logged as done by ${administrator}.`,
    stop: "Stop impersonating",
  },
  warnings: {
    dismiss: "Dismiss",
    unknown: "Unknown warning.",
    settingsBroken: (fault: string) =>
      `The settings file has an error, so the last valid settings stay in effect. ${fault}`,
  },
  notice: {
    created: "Link created.",
    createdAt: "Link created: {link}",
    becamePage: "Saved as an HTML page, because an HTML file cannot be a Markdown document.",
    becamePageAt:
      "Saved as an HTML page, because an HTML file cannot be a Markdown document: {link}",
    saved: "Changes saved.",
    savedAt: "Changes saved: {link}",
    versionRestored: "Version restored.",
    deleted: "Link deleted.",
    deletedLink: (shortCode: string) => `Link ${shortCode} deleted.`,
    linksDeleted: (count: number) =>
      plural(count, { one: "1 link deleted.", other: `${formatCount(count)} links deleted.` }),
    linksTrashed: (count: number) =>
      plural(count, {
        one: "1 link moved to the trash.",
        other: `${formatCount(count)} links moved to the trash.`,
      }),
    linksRecovered: (count: number) =>
      plural(count, {
        one: "1 link restored from the trash.",
        other: `${formatCount(count)} links restored from the trash.`,
      }),
    undo: "Undo",
    linksEnabled: (count: number) =>
      plural(count, { one: "1 link enabled.", other: `${formatCount(count)} links enabled.` }),
    linksDisabled: (count: number) =>
      plural(count, { one: "1 link disabled.", other: `${formatCount(count)} links disabled.` }),
    linksUndone: (count: number) =>
      plural(count, {
        one: "Undone for 1 link.",
        other: `Undone for ${formatCount(count)} links.`,
      }),
    expirySet: (count: number) =>
      plural(count, {
        one: "Expiry changed for 1 link.",
        other: `Expiry changed for ${formatCount(count)} links.`,
      }),
    linksRestoredPartly: (restored: number, skipped: readonly string[]) =>
      `${plural(restored, { one: "1 link", other: `${formatCount(restored)} links` })} restored. Skipped: ${formatList(skipped)}. The preview of the backup shows why.`,
    otherLinks: (count: number) =>
      plural(count, { one: "1 other link", other: `${formatCount(count)} other links` }),
    linksRestored: (count: number) =>
      plural(count, { one: "1 link restored.", other: `${formatCount(count)} links restored.` }),
    linksTransferred: (count: number) =>
      plural(count, {
        one: "1 link transferred.",
        other: `${formatCount(count)} links transferred.`,
      }),
    tagsChanged: (count: number) =>
      plural(count, {
        one: "Tags changed for 1 link.",
        other: `Tags changed for ${formatCount(count)} links.`,
      }),
    accountCreated: "Account created.",
    keyRevoked: "API key revoked.",
    accountDeleted: "Account deleted.",
    userSignedOut: "User signed out of all devices.",
    signedOut: "You are signed out.",
    shareAgain: "Sign in first. Then share the files again: they were not kept.",
    uploadDeleted: "Upload deleted.",
    sessionEnded: "Device signed out.",
    otherSessionsEnded: "You are signed out of all other devices.",
    passwordChanged: "Password changed. You are signed out of all other devices.",
  },
  problem: {
    home: "Go to the home page",
    requestId: "Request ID: {id}",
    retrySeconds: (seconds: number) =>
      plural(seconds, {
        one: "Try again in 1 second.",
        other: `Try again in ${formatCount(seconds)} seconds.`,
      }),
    retryMinutes: (minutes: number) =>
      plural(minutes, {
        one: "Try again in 1 minute.",
        other: `Try again in ${formatCount(minutes)} minutes.`,
      }),
    retrySoon: "Try again in a moment.",
  },
  /** What each kind of problem is called, and what to do about it. */
  problems: {
    bad_request: {
      title: "Bad request",
      advice: "Check the address, or go back and try again.",
    },
    usage: { title: "Bad request", advice: "Go back and try again." },
    unauthenticated: {
      title: "Sign-in required",
      advice: "Sign in, then go back and send the form again.",
    },
    insufficient_scope: {
      title: "Scope missing",
      advice: "Create an API key that has this scope.",
    },
    forbidden: {
      title: "Not allowed",
      advice: "If you need access, ask the administrator of this site.",
    },
    recent_sign_in_required: {
      title: "Confirm your password",
      advice: "Sign in again, and repeat the action.",
    },
    person_required: {
      title: "Not allowed",
      advice: "Sign in, and repeat the action.",
    },
    not_found: {
      title: "Page not found",
      advice:
        "Check the address: capital and small letters are different. The link may have been deleted.",
    },
    method_not_allowed: {
      title: "Method not allowed",
      advice: "Open the address in a browser, or go back and try again.",
    },
    gone: {
      title: "Link no longer available",
      advice: "Ask the person who sent it to you for a new one.",
    },
    conflict: {
      title: "Changed in the meantime",
      advice: "Open it again, and repeat your change.",
    },
    idempotency_key_in_use: {
      title: "Still being processed",
      advice: "Wait a moment, and send it again.",
    },
    idempotency_key_reused: {
      title: "The key was used already",
      advice: "Send a new key with a new request.",
    },
    locked: {
      title: "In use",
      advice: "Wait a moment, and try again.",
    },
    checksum_mismatch: {
      title: "Damaged on the way",
      advice: "Send it again.",
    },
    precondition_failed: {
      title: "Changed in the meantime",
      advice: "Read it again, and repeat your change.",
    },
    not_acceptable: {
      title: "Not available in this form",
      advice: "Ask for another media type.",
    },
    too_large: { title: "Too large", advice: "Go back and send less." },
    uri_too_long: {
      title: "Address too long",
      advice: "Shorten the address and try again.",
    },
    unsupported_type: {
      title: "Unsupported format",
      advice: "Send the form from its own page.",
    },
    invalid: { title: "Invalid input", advice: "Go back and correct it." },
    too_many: {
      title: "Too many requests",
      advice: "There were too many attempts in a short time.",
    },
    internal: {
      title: "Something went wrong",
      advice: "The error has been logged. Try again, or contact the administrator.",
    },
    not_implemented: {
      title: "Not supported",
      advice: "Open the address in a browser, or go back and try again.",
    },
    busy: {
      title: "Temporarily busy",
      advice: "Links keep working; only changes have to wait.",
    },
    timeout: {
      title: "Request timed out",
      advice: "Send it again over a faster connection.",
    },
    over_quota: {
      title: "Storage quota exceeded",
      advice: "Delete files you no longer need, or ask the administrator for a larger quota.",
    },
    storage_full: {
      title: "Server storage full",
      advice: "Links keep working. Tell the administrator that the disk is full.",
    },
  },
});
