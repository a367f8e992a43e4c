import type { AccountSummary } from "../../accounts/user-admin.ts";
import { removalPlanSchema } from "../../accounts/user-schema.ts";
import type { Call } from "../../http/call.ts";
import { empty, json } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { parseInput } from "../../parse-input.ts";
import { requirePerson } from "../request/caller.ts";
import { nextHeaders, openCursor, sealCursor } from "../request/paging.ts";
import { ofParameters } from "../request/pointer.ts";
import { describeUser } from "./describe-user.ts";
import type { NewUserBody, UserChangesBody, UserListQuery } from "./user-schema.ts";

/** `GET /api/v1/users` */
export async function listUsers(call: Call, query: UserListQuery): Promise<Response> {
  const { after, limit, ...view } = query;
  const { q, ...order } = view;
  // Another size of the page would begin elsewhere.
  const sealed = { ...view, limit };
  const found = await call.app.accounts.admin.list(call.actor, {
    ...(q !== undefined && { text: q }),
    ...order,
    limit,
    page: after === undefined ? 1 : Number(openCursor(after, sealed)),
  });
  const next = found.page < found.pages ? sealCursor(String(found.page + 1), sealed) : null;
  const items = found.accounts.map(describeUser);
  return json({ items, next }, { call, headers: nextHeaders(call, next) });
}

/** `POST /api/v1/users` */
export async function createUser(call: Call, body: NewUserBody): Promise<Response> {
  const { username, password, role, display_name, must_change_password } = body;
  if (role === "administrator") requirePerson(call);
  const created = await call.app.accounts.users.create(call.actor, {
    username,
    password,
    ...(role !== undefined && { role }),
    ...(display_name !== undefined && { displayName: display_name }),
    ...(must_change_password !== undefined && { mustChangePassword: must_change_password }),
  });
  const account = { ...created, lastSeenAt: null, links: 0, files: 0, bytes: 0, quota: null };
  const headers = new Headers({ location: href("apiUser", { username: created.username }) });
  return json(describeUser(account), { call, status: 201, headers });
}

/** `GET /api/v1/users/<name>` */
export async function readUser(call: Call): Promise<Response> {
  return json(describeUser(await findUser(call)), { call });
}

/** `PATCH /api/v1/users/<name>` */
export async function changeUser(call: Call, body: UserChangesBody): Promise<Response> {
  const { id, role } = await findUser(call);
  const { display_name, ...changes } = body;
  if (changes.role !== undefined && changes.role !== role) requirePerson(call);
  await call.app.accounts.admin.change(call.actor, id, {
    ...changes,
    ...(display_name !== undefined && { displayName: display_name }),
  });
  return await readUser(call);
}

/** `DELETE /api/v1/users/<name>` */
export async function deleteUser(call: Call, query: object): Promise<Response> {
  const { id } = await findUser(call);
  requirePerson(call);
  const links = await ofParameters(async () =>
    call.app.accounts.removal.remove(call.actor, id, parseInput(removalPlanSchema, query)),
  );
  return json({ links }, { call });
}

/** `PUT /api/v1/users/<name>/password` */
export async function setPassword(call: Call, password: string): Promise<Response> {
  const { username } = await findUser(call);
  requirePerson(call);
  await call.app.accounts.users.setPassword(call.actor, username, password);
  return empty({ call, status: 204 });
}

/** `POST /api/v1/users/<name>/password` */
export async function createOneTimePassword(call: Call): Promise<Response> {
  const { username } = await findUser(call);
  requirePerson(call);
  const password = await call.app.accounts.users.createOneTimePassword(call.actor, username);
  return json({ password }, { call });
}

/** `DELETE /api/v1/users/<name>/sessions` */
export async function endSessions(call: Call): Promise<Response> {
  await call.app.accounts.sessions.endAll(call.actor, await findUser(call));
  return empty({ call, status: 204 });
}

/** @throws Problem `not_found` */
function findUser({ app, actor, params }: Call): Promise<AccountSummary> {
  return app.accounts.admin.get(actor, params.username ?? "");
}
