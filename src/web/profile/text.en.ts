import { catalogue } from "../../text/catalogue.ts";

/** Texts of the profile. */
export const text = catalogue({
  title: "Profile",

  password: {
    title: "Password",
    fixed:
      "This password is set by the environment variable {variable}. Change it there and restart Trunk8.",
    current: "Current password",
    new: "New password",
    newHelp: "At least 8 characters. You will be signed out everywhere else.",
    repeat: "Repeat new password",
    differ: "The new passwords do not match.",
    change: "Change password",
  },

  sessions: {
    title: "Active sessions",
    thisDevice: "This device",
    signOut: (device: string) => `Sign out ${device}`,
    signOutOthers: "Sign out everywhere else",
    alreadyEnded: "This session has already ended.",
  },

  uploads: {
    title: "Unfinished uploads",
    explanation:
      "These files count to your storage. To go on with one, choose the same file again in the form for a new link.",
    file: "File",
    stored: "Stored",
    of: (stored: string, whole: string) => `${stored} of ${whole}`,
    expires: "Kept until",
    remove: (name: string) => `Delete ${name}`,
  },

  keys: {
    title: "API keys",
    explanation: "Let scripts, apps and the command line use your account, within limits you set.",
    link: "Manage API keys",
    reference: "API reference",
  },

  timeZone: {
    title: "Time zone",
    siteDefault: (zone: string) => `Site default (${zone})`,
    missing: "Choose a time zone.",
  },

  activity: {
    title: "Activity",
    viewAll: "View all",
  },

  data: {
    title: "Your data",
    explanation: "Download everything you have as one zip file, or restore it.",
    link: "Download or restore",
  },

  bookmarklet: {
    title: "Bookmarklet",
    explanation:
      "Drag this button to your bookmarks bar. Click it on any page to create a short link to that page.",
  },
});
