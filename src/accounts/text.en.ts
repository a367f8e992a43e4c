import { catalogue } from "../text/catalogue.ts";
import { formatCount, plural } from "../text/format.ts";

/** Texts about accounts, for every entry point. */
export const text = catalogue({
  roles: {
    user: "User",
    administrator: "Administrator",
  },
  /** The display name of the first account. */
  administrator: "Administrator",

  access: {
    noSuchAccount: "Account not found.",
    administratorsOnly: "Only administrators can do this.",
    mayNotCreate: "Only administrators can create accounts.",
    mayNotList: "Only administrators can list accounts.",
    mayNotImpersonate: "Only administrators can impersonate users.",
    mayNotEndSessions: "You cannot end the sessions of this account.",
  },

  username: {
    invalid: "A username has 3 to 50 characters: letters A-Z a-z, digits, - and _.",
    reserved: "This username is reserved.",
    taken: "This username is already taken.",
    similar: (other: string) => `This username looks too similar to ${other}.`,
    hasFiles: "Files of a deleted account with this username still exist.",
  },
  displayName: {
    invalid: "A name is one line of at most 100 characters.",
  },

  password: {
    tooLong: "A password has at most 1,024 bytes.",
    tooShort: "A password has at least 8 characters.",
    isUsername: "The password is the same as the username. Choose another.",
    tooCommon: "This password is too common. Choose another.",
    isOneTime: "This is the one-time password. Choose another.",
    currentIsWrong: "The current password is incorrect.",
    fromEnvironment: "This password is set by the environment variable TRUNK8_ADMIN_PASSWORD.",
    weak: (reason: string) => `TRUNK8_ADMIN_PASSWORD is weak. ${reason}`,
    keyFileEmpty: (path: string) =>
      `${path} is empty. Restore it from a copy, or move it away: then a new key is created, and everyone has to sign in again.`,
    keyDiffers:
      "The secret key of this node is not that of the site: with it, users would be signed out at every other request. Set TRUNK8_SECRET_KEY to the key of the other nodes. To give the site a new key, stop all nodes and run trunk8 nodes accept-key with it.",
    keyTooShort:
      "TRUNK8_SECRET_KEY is too short to be secret. Set one of at least 16 characters; all users then sign in again.",
  },

  key: {
    invalid: "This API key is not valid.",
    expired: "This API key has expired.",
    revoked: "This API key has been revoked.",
    mayNotCreate: "Users create API keys for themselves.",
    mayNotList: "You cannot see the API keys of this account.",
    noSuchKey: "API key not found.",
    nameInvalid: "A name is one line of at most 60 characters.",
    unknownScope: "Unknown scope.",
    chooseScope: "Choose at least one scope.",
    scopeNotAllowed: (scope: string) => `Only keys of administrators can have the scope ${scope}.`,
    chooseKind: "Choose at least one type of link.",
    kindsOnlyOfLinks: "A key for some types of links can have only the scopes of links and files.",
    expiryInvalid: "Choose a time in the future.",
    tooMany: (most: number) => `An account has at most ${formatCount(most)} API keys. Revoke one.`,
  },

  signIn: {
    wrong: "Incorrect username or password.",
    closed: "This account cannot sign in.",
    tooManyWrong: (seconds: number) =>
      `Too many failed sign-ins. Try again in ${plural(seconds, { one: "1 second", other: `${formatCount(seconds)} seconds` })}.`,
    tooManyAtOnce: "Too many people are signing in right now. Try again in a moment.",
  },

  preferences: {
    themesAreTheSites: "The themes of this account are the site's defaults.",
    unknownTheme: "Unknown theme. Choose another.",
    unknownTimeZone: "Unknown time zone. Choose another.",
  },

  administration: {
    adminIsFixed: 'The "admin" account cannot be disabled or demoted.',
    ownAccount: "You cannot change the role of your own account or disable it.",
    lastAdministrator: "This is the last administrator.",
    chooseRole: "Choose a role: user or administrator.",
    quotaInvalid: "A storage quota is a whole number of bytes; 0 means unlimited.",
  },

  impersonation: {
    disabled: "A disabled account cannot be impersonated.",
    administrator: "An administrator cannot be impersonated.",
  },

  removal: {
    adminStays: 'The "admin" account cannot be deleted.',
    ownAccount: "You cannot delete your own account.",
    choosePlan: "Choose what happens to the links: transfer, keep or delete.",
    chooseNewOwner: "Choose a new owner.",
    newOwnerIsDeleted: "This account is being deleted. Choose another.",
    newOwnerIsDisabled: "This account is disabled. Choose another.",
  },

  sentRequest: {
    reused: "This idempotency key belongs to another request. Send a new key with a new request.",
    inUse: "A request with this idempotency key is still being processed.",
  },
});
