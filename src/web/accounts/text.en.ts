import { catalogue } from "../../text/catalogue.ts";
import { formatCount, plural } from "../../text/format.ts";

/** What is shown of what an account has. */
interface Holdings {
  readonly links: number;
  readonly visits: number;
  readonly files: number;
  readonly size: string;
}

/** What all accounts of a list have. */
interface Totals extends Omit<Holdings, "visits"> {
  readonly users: number;
}

/** Texts of the pages for signing in and for managing users. */
export const text = catalogue({
  signIn: {
    usernameHelp: "Leave empty to sign in as the administrator.",
    password: "Password",
    remember: (days: number) =>
      `Keep me signed in on this device for ${plural(days, { one: "1 day", other: `${formatCount(days)} days` })}`,
  },
  confirm: {
    title: "Confirm your password",
    explanation: "You signed in more than 15 minutes ago. Your input is kept.",
    password: "Your password",
    action: "Confirm",
    wrong: "Your password is wrong.",
    required: (field: string) =>
      `You signed in more than 15 minutes ago. Sign in again, or send your password as "${field}".`,
  },
  signOut: {
    question: "Sign out?",
    signedInAs: (name: string) => `You are signed in as ${name}.`,
  },

  list: {
    title: "Users",
    searched: "Username or name",
    found: (total: number) =>
      plural(total, { one: "1 user", other: `${formatCount(total)} users` }),
    range: (first: number, last: number, total: number) =>
      `${formatCount(first)}–${formatCount(last)} of ${formatCount(total)} users`,
    inTotal: ({ users, links, files, size }: Totals) =>
      `In total: ${plural(users, { one: "1 user", other: `${formatCount(users)} users` })}, ${plural(links, { one: "1 link", other: `${formatCount(links)} links` })}, ${plural(files, { one: "1 file", other: `${formatCount(files)} files` })} (${size})`,
    noneFound: "No users found",
    showAll: "Show all users",
    lastSeen: "Last seen",
    links: "Links",
    files: "Files",
    disabled: "Disabled",
  },
  role: "Role",

  create: {
    action: "Create user",
    usernameHelp:
      "3 to 50 characters: letters A-Z a-z, digits, - and _. It cannot be changed later.",
    nameHelp: "Shown instead of the username. Optional.",
    passwordHelp: "At least 8 characters.",
    repeatPassword: "Repeat password",
    passwordsDiffer: "The passwords do not match.",
    administratorHelp: "Sees and manages all users, links and files.",
  },

  user: {
    enabled: "Enabled",
    disabled: "Disabled",
    account: "Account",
    sessions: "Sessions",
    keys: "API keys of this account",
    links: "Links",
    used: (files: number, size: string, quota: string | null) =>
      `${plural(files, { one: "1 file", other: `${formatCount(files)} files` })}, ${quota === null ? `${size} used (unlimited)` : `${size} of ${quota} used`}`,
    quota: "Storage quota (MB)",
    quotaHelp: (siteDefault: string | null) =>
      `Leave empty for the site default (${siteDefault ?? "unlimited"}). 0 means unlimited.`,
    quotaInvalid: "Enter a number of MB, 0 for unlimited, or nothing for the site default.",
    signOutEverywhere: "Sign out everywhere",
    createOneTimePassword: "Create one-time password",
    enable: "Enable account",
    disable: "Disable account",
    noSessions: "No active sessions",
    noLinks: "No links yet",
    allLinks: (count: number) => `All ${formatCount(count)} links`,
    viewInList: "View in the list",
  },

  session: {
    device: "Device",
    signedIn: "Signed in",
    lastUsed: "Last used",
  },

  oneTimePassword: {
    title: "One-time password",
    explanation:
      "{name} can sign in with this password and must then choose a new one. It is shown only once. The previous password no longer works.",
    copied: "the password",
    back: "Back to the account",
  },

  impersonate: {
    action: "Impersonate",
    title: "Impersonate a user",
    question: "Impersonate {name}?",
    explanation:
      "You see what this user sees and can change it, until you stop. Your actions are logged under your name.",
    stop: "Stop impersonating?",
    stopExplanation: "You will continue as {administrator}.",
  },

  delete: {
    title: "Delete a user",
    question: "Delete {name}?",
    explanation:
      "The account {username} will be deleted and signed out everywhere. This cannot be undone.",
    has: ({ links, visits, files, size }: Holdings) =>
      `It has ${plural(links, { one: "1 link", other: `${formatCount(links)} links` })} with ${plural(visits, { one: "1 visit", other: `${formatCount(visits)} visits` })} in the last 30 days, and ${plural(files, { one: "1 file", other: `${formatCount(files)} files` })} (${size}).`,
    hasNothing: "It has no links and no files.",
    links: "Links of this account",
    transfer: "Transfer to another user",
    keep: "Transfer to me",
    delete: "Delete with all files and statistics",
    newOwnerHelp: "A username. Required only when transferring to another user.",
    action: "Delete account",
  },
});
