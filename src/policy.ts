import type { Role } from "./accounts/user.ts";

/** Whoever is calling: nobody we know, a person with an account, or the operator at the machine's command line. */
export type Actor =
  | { readonly is: "visitor"; readonly address?: string }
  | UserActor
  | { readonly is: "operator" };

/** A person with an account; where an administrator acts in their place, still they, with their role. */
export interface UserActor {
  readonly is: "user";
  readonly userId: number;
  readonly username: string;
  readonly role: Role;
  /** The administrator who acts in this user's place. */
  readonly actedBy?: { readonly userId: number; readonly username: string };
  /** The IP address they call from, for the record. */
  readonly address?: string;
}

export const visitor: Actor = { is: "visitor" };
export const operator: Actor = { is: "operator" };

export type Deed =
  | "link.create"
  | "link.see"
  | "link.edit"
  | "link.delete"
  | "link.list"
  | "link.give"
  | "user.create"
  | "user.list"
  | "user.change"
  | "user.remove"
  | "user.end_sessions"
  | "user.switch_to"
  | "user.change_password"
  | "user.set_password"
  | "user.change_preferences"
  | "user.set_quota"
  | "backup.make"
  | "backup.restore"
  | "settings.change"
  | "audit.list";

/** What a deed is done to; `ownerId` is the user whose thing it is. */
export interface Thing {
  readonly ownerId: number;
}

type Rule = (actor: Actor, thing: Thing) => boolean;

/** Whether `actor` sees and manages everything. */
export function isAdministrator(actor: Actor): boolean {
  return actor.is === "operator" || (actor.is === "user" && actor.role === "administrator");
}

const isOwner: Rule = (actor, thing) => actor.is === "user" && actor.userId === thing.ownerId;

/** What nobody does in another's place. */
const isOwnerInPerson: Rule = (actor, thing) =>
  isOwner(actor, thing) && actor.is === "user" && actor.actedBy === undefined;

const isOwnerInPersonOrAdministrator: Rule = (actor, thing) =>
  isOwnerInPerson(actor, thing) || isAdministrator(actor);

const isOwnerOrAdministrator: Rule = (actor, thing) =>
  isOwner(actor, thing) || isAdministrator(actor);

/** Every permission there is: the deed, and who may do it. */
const rules: Readonly<Record<Deed, Rule>> = {
  "link.create": isOwnerOrAdministrator,
  "link.see": isOwnerOrAdministrator,
  "link.edit": isOwnerOrAdministrator,
  "link.delete": isOwnerOrAdministrator,
  "link.list": isOwnerOrAdministrator,
  "link.give": isAdministrator,
  "user.create": isAdministrator,
  "user.list": isAdministrator,
  "user.change": isAdministrator,
  "user.remove": isAdministrator,
  "user.end_sessions": isOwnerInPersonOrAdministrator,
  "user.switch_to": isAdministrator,
  "user.change_password": isOwnerInPerson,
  "user.set_password": isAdministrator,
  "user.change_preferences": isOwnerInPerson,
  "user.set_quota": isAdministrator,
  "backup.make": isOwnerOrAdministrator,
  "backup.restore": isOwnerOrAdministrator,
  "settings.change": isAdministrator,
  "audit.list": isAdministrator,
};

/** Whether `actor` may do `deed` to a thing of `thing.ownerId`. */
export function may(actor: Actor, deed: Deed, thing: Thing): boolean {
  return rules[deed](actor, thing);
}
