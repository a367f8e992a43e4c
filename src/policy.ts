import type { Role } from "./accounts/user.ts";

/** Whoever is calling: nobody we know, a person with an account, or the operator at the machine's command line. */
export type Actor =
  | { readonly is: "visitor" }
  | { readonly is: "user"; readonly userId: number; readonly username: string; readonly role: Role }
  | { readonly is: "operator" };

export const visitor: Actor = { is: "visitor" };
export const operator: Actor = { is: "operator" };

export type Deed =
  | "link.create"
  | "link.see"
  | "link.edit"
  | "link.delete"
  | "link.list"
  | "user.create"
  | "user.list"
  | "user.change_password"
  | "user.set_password"
  | "user.change_preferences"
  | "user.set_quota"
  | "settings.change";

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

const isOwnerOrAdministrator: Rule = (actor, thing) =>
  isOwner(actor, thing) || isAdministrator(actor);

/** Every permission there is: the deed, and who may do it. */
const rules: Readonly<Record<Deed, Rule>> = {
  "link.create": isOwnerOrAdministrator,
  "link.see": isOwnerOrAdministrator,
  "link.edit": isOwnerOrAdministrator,
  "link.delete": isOwnerOrAdministrator,
  "link.list": isOwnerOrAdministrator,
  "user.create": isAdministrator,
  "user.list": isAdministrator,
  "user.change_password": isOwner,
  "user.set_password": isAdministrator,
  "user.change_preferences": isOwner,
  "user.set_quota": isAdministrator,
  "settings.change": isAdministrator,
};

/** Whether `actor` may do `deed` to a thing of `thing.ownerId`. */
export function may(actor: Actor, deed: Deed, thing: Thing): boolean {
  return rules[deed](actor, thing);
}
