import type { Role } from "./accounts/user.ts";

/** The caller of an operation: a visitor, a user, or the operator at the machine's command line. */
export type Actor = VisitorActor | UserActor | OperatorActor;

interface VisitorActor {
  readonly is: "visitor";
  readonly address?: string;
}

interface OperatorActor {
  readonly is: "operator";
}

/** A signed-in user; while an administrator impersonates them, still that user with that user's role. */
export interface UserActor {
  readonly is: "user";
  readonly userId: number;
  readonly username: string;
  readonly role: Role;
  /** The administrator who impersonates this user. */
  readonly impersonator?: { readonly userId: number; readonly username: string };
  /** The IP address of the request, for the audit log. */
  readonly address?: string;
  /** The actions that the credential allows; absent: every action of the user. */
  readonly scopes?: readonly Action[];
}

export const visitor: Actor = { is: "visitor" };
export const operator: Actor = { is: "operator" };

/** What an action is done to: a link, a file, an account. */
export interface Resource {
  /** The user it belongs to; of an account, that account's own id. */
  readonly ownerId: number;
}

type SiteRule = (actor: Actor) => boolean;
type ResourceRule = (actor: Actor, resource: Resource) => boolean;

/** Whether `actor` sees and manages everything. */
export function isAdministrator(actor: Actor): boolean {
  return actor.is === "operator" || (actor.is === "user" && actor.role === "administrator");
}

const isOwner: ResourceRule = (actor, { ownerId }) =>
  actor.is === "user" && actor.userId === ownerId;

/** Excludes an administrator who impersonates the owner. */
const isOwnerInPerson: ResourceRule = (actor, resource) =>
  isOwner(actor, resource) && actor.is === "user" && actor.impersonator === undefined;

const isOwnerInPersonOrAdministrator: ResourceRule = (actor, resource) =>
  isOwnerInPerson(actor, resource) || isAdministrator(actor);

const isOwnerOrAdministrator: ResourceRule = (actor, resource) =>
  isOwner(actor, resource) || isAdministrator(actor);

/** Permissions for the site as a whole: the action, and who may do it. */
const siteRules = {
  "link.list_all": isAdministrator,
  "link.transfer": isAdministrator,
  "user.create": isAdministrator,
  "user.list": isAdministrator,
  "user.change": isAdministrator,
  "user.delete": isAdministrator,
  "user.impersonate": isAdministrator,
  "user.set_password": isAdministrator,
  "user.set_quota": isAdministrator,
  "settings.change": isAdministrator,
  "audit.list": isAdministrator,
  "node.list": isAdministrator,
  "node.forget": isAdministrator,
} as const satisfies Readonly<Record<string, SiteRule>>;

/** Permissions for a resource of an owner. */
const resourceRules = {
  "link.create": isOwnerOrAdministrator,
  "link.see": isOwnerOrAdministrator,
  "link.edit": isOwnerOrAdministrator,
  "link.delete": isOwnerOrAdministrator,
  "link.list": isOwnerOrAdministrator,
  "user.end_sessions": isOwnerInPersonOrAdministrator,
  "user.change_password": isOwnerInPerson,
  "user.change_preferences": isOwnerInPerson,
  "backup.make": isOwnerOrAdministrator,
  "backup.restore": isOwnerOrAdministrator,
} as const satisfies Readonly<Record<string, ResourceRule>>;

/** Actions that need a recent sign-in: an open browser must not be enough to take over an account, or to empty one. */
export const sensitiveActions = [
  "user.create_administrator",
  "user.change_role",
  "user.set_password",
  "user.delete",
  "user.impersonate",
  "backup.make_of_other",
  "backup.restore_replacing",
] as const;

export type SensitiveAction = (typeof sensitiveActions)[number];

export type SiteAction = keyof typeof siteRules;
export type ResourceAction = keyof typeof resourceRules;
export type Action = SiteAction | ResourceAction;

/** Whether `actor` may do `action`: an action of the site, or one on a resource of an owner. */
export function may(actor: Actor, action: SiteAction): boolean;
export function may(actor: Actor, action: ResourceAction, resource: Resource): boolean;
export function may(actor: Actor, action: Action, resource?: Resource): boolean {
  if (actor.is === "user" && actor.scopes?.includes(action) === false) return false;
  if (isSiteAction(action)) return siteRules[action](actor);
  return resource !== undefined && resourceRules[action](actor, resource);
}

function isSiteAction(action: Action): action is SiteAction {
  return Object.hasOwn(siteRules, action);
}
