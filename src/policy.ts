import type { Role } from "./accounts/user.ts";
import type { Kind } from "./links/link.ts";
import { Problem } from "./problem.ts";
import { text } from "./text/text.en.ts";

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
  /** The API key by which the user acts; absent: in person. */
  readonly key?: KeyGrant;
}

/** What an API key allows of what its owner may do. */
export interface KeyGrant {
  readonly id: number;
  /** The first characters of the key, for the audit log. */
  readonly beginning: string;
  readonly scopes: readonly Scope[];
  /** Null: links of every kind, and what is about no single link. */
  readonly kinds: readonly Kind[] | null;
}

export const visitor: Actor = { is: "visitor" };
export const operator: Actor = { is: "operator" };

/** What an action is done to: a link, a file, an account. */
export interface Resource {
  /** The user it belongs to; of an account, that account's own id. */
  readonly ownerId: number;
  /** Of a link, or of the links of a list; absent: of every kind, or no link. */
  readonly kind?: Kind | undefined;
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

const isOwnerInPersonOrOperator: ResourceRule = (actor, resource) =>
  isOwnerInPerson(actor, resource) || actor.is === "operator";

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
  "key.list_all": isAdministrator,
  "stats.see_all": isAdministrator,
  "node.list": isAdministrator,
  "node.forget": isAdministrator,
  "job.list": isAdministrator,
  "job.run": isAdministrator,
  "site_backup.list": isAdministrator,
  "site_backup.make": isAdministrator,
  "site_backup.download": isAdministrator,
} as const satisfies Readonly<Record<string, SiteRule>>;

/** Permissions for a resource of an owner. */
const resourceRules = {
  "link.create": isOwnerOrAdministrator,
  "link.create_with_content": isOwnerOrAdministrator,
  "link.see": isOwnerOrAdministrator,
  "link.edit": isOwnerOrAdministrator,
  "link.delete": isOwnerOrAdministrator,
  "link.list": isOwnerOrAdministrator,
  "tag.list": isOwnerOrAdministrator,
  "tag.change": isOwnerOrAdministrator,
  "stats.see": isOwnerOrAdministrator,
  "key.create": isOwnerInPersonOrOperator,
  "key.list": isOwnerInPersonOrAdministrator,
  "key.revoke": isOwnerInPersonOrAdministrator,
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
  "key.create",
  "backup.make_of_other",
  "backup.restore_replacing",
] as const;

export type SensitiveAction = (typeof sensitiveActions)[number];

export type SiteAction = keyof typeof siteRules;
export type ResourceAction = keyof typeof resourceRules;
export type Action = SiteAction | ResourceAction;

/** Everything that an API key can be for, and who can choose it. */
export const scopes = {
  "links:read": "user",
  "links:write": "user",
  "links:create": "user",
  "files:create": "user",
  "stats:read": "user",
  "tags:write": "user",
  "keys:write": "user",
  "account:write": "user",
  "backup:read": "user",
  "backup:admin": "user",
  "users:admin": "administrator",
  "settings:admin": "administrator",
  "audit:read": "administrator",
} as const satisfies Readonly<Record<string, Role>>;

export type Scope = keyof typeof scopes;

export const scopeNames = Object.keys(scopes) as readonly Scope[];

/** The scopes of which each covers the action, the narrowest first; none: it needs a person. */
export const scopesOf: Readonly<Record<Action, readonly Scope[]>> = {
  "link.list_all": ["links:read", "links:write"],
  "link.transfer": ["links:write"],
  "link.create": ["links:create"],
  "link.create_with_content": ["files:create"],
  "link.see": ["links:read", "links:write"],
  "link.edit": ["links:write"],
  "link.delete": ["links:write"],
  "link.list": ["links:read", "links:write"],
  "tag.list": ["links:read", "tags:write"],
  "tag.change": ["tags:write"],
  "stats.see": ["stats:read"],
  "stats.see_all": ["stats:read"],
  "user.create": ["users:admin"],
  "user.list": ["users:admin"],
  "user.change": ["users:admin"],
  "user.set_quota": ["users:admin"],
  "user.end_sessions": ["account:write", "users:admin"],
  "user.delete": [],
  "user.impersonate": [],
  "user.set_password": [],
  "user.change_password": [],
  "user.change_preferences": ["account:write"],
  "key.create": [],
  "key.list": ["keys:write"],
  "key.revoke": ["keys:write"],
  "key.list_all": ["keys:write"],
  "settings.change": ["settings:admin"],
  "audit.list": ["audit:read"],
  "node.list": ["settings:admin"],
  "node.forget": ["settings:admin"],
  "job.list": ["settings:admin"],
  "job.run": ["settings:admin"],
  "site_backup.list": ["backup:admin"],
  "site_backup.make": ["backup:admin"],
  "site_backup.download": ["backup:admin"],
  "backup.make": ["backup:read", "backup:admin"],
  "backup.restore": ["backup:admin"],
};

/** The action that creates a link of a kind. */
export function creationOf(kind: Kind): "link.create" | "link.create_with_content" {
  return kind === "redirect" ? "link.create" : "link.create_with_content";
}

/**
 * Whether `actor` may do `action`: an action of the site, or one on a resource of an owner. False also for a resource
 * of a kind that the actor's API key is not for.
 * @throws Problem `insufficient_scope` where the actor may, but not by this API key
 */
export function may(actor: Actor, action: SiteAction): boolean;
export function may(actor: Actor, action: ResourceAction, resource: Resource): boolean;
export function may(actor: Actor, action: Action, resource?: Resource): boolean {
  if (!isAllowed(actor, action, resource)) return false;
  if (actor.is === "user" && actor.key !== undefined) {
    requireScope(actor.key, scopesOf[action]);
    return isForKind(actor.key, resource);
  }
  return true;
}

/**
 * Refuses an API key that has none of these scopes.
 * @throws Problem `insufficient_scope`, `person_required` where none is enough
 */
export function requireScope({ scopes: granted }: KeyGrant, needed: readonly Scope[]): void {
  if (needed.some((scope) => granted.includes(scope))) return;
  const [scope] = needed;
  if (scope === undefined) throw new Problem("person_required", text.key.inPerson);
  throw new Problem("insufficient_scope", text.key.insufficientScope(scope), { scope });
}

function isAllowed(actor: Actor, action: Action, resource?: Resource): boolean {
  if (isSiteAction(action)) return siteRules[action](actor);
  return resource !== undefined && resourceRules[action](actor, resource);
}

function isForKind({ kinds }: KeyGrant, resource?: Resource): boolean {
  return kinds === null || (resource?.kind !== undefined && kinds.includes(resource.kind));
}

function isSiteAction(action: Action): action is SiteAction {
  return Object.hasOwn(siteRules, action);
}
