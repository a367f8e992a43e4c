import { type Scope, scopesOf } from "../../policy.ts";
import { type Answer, operation } from "../operation.ts";
import { jsonBody } from "../request/body.ts";
import { pageOf } from "../request/page-schema.ts";
import { changeMe, readMe } from "./me.ts";
import { endOtherSessions, endOwnSession, listOwnSessions } from "./own-sessions.ts";
import {
  meSchema,
  myChangesBody,
  newUserBody,
  oneTimePasswordSchema,
  ownSessionsSchema,
  passwordBody,
  removalQuery,
  removedSchema,
  userChangesBody,
  userListQuery,
  userSchema,
} from "./user-schema.ts";
import {
  changeUser,
  createOneTimePassword,
  createUser,
  deleteUser,
  endSessions,
  listUsers,
  readUser,
  setPassword,
} from "./users.ts";

const ADMINISTER = scopesOf["user.change"];
const OWN = scopesOf["user.change_preferences"];

/** No key will do. */
const PERSON: readonly Scope[] = [];

const user: Answer = { doc: "The account.", schema: userSchema };

/** Operations on accounts. */
export const userOperations = {
  apiMe: {
    GET: operation({
      name: "readMe",
      doc: "Read your account: role, quota, and what your key is for.",
      scopes: "any",
      answers: { 200: { doc: "Your account.", schema: meSchema } },
      answer: readMe,
    }),
    PATCH: operation({
      name: "changeMe",
      doc: "Change your themes and your time zone.",
      scopes: OWN,
      body: jsonBody(myChangesBody),
      answers: { 200: { doc: "Your account.", schema: meSchema } },
      answer: (call, { body }) => changeMe(call, body),
    }),
  },
  apiOwnSessions: {
    GET: operation({
      name: "listOwnSessions",
      doc: "List the sessions of your account, the last used first.",
      scopes: OWN,
      answers: { 200: { doc: "The sessions.", schema: ownSessionsSchema } },
      answer: listOwnSessions,
    }),
    DELETE: operation({
      name: "endOtherSessions",
      doc: "End all sessions of your account but that of the request. Keys go on.",
      scopes: OWN,
      answers: { 204: { doc: "They have ended." } },
      answer: endOtherSessions,
    }),
  },
  apiOwnSession: {
    DELETE: operation({
      name: "endOwnSession",
      doc: "End one session of your account.",
      scopes: OWN,
      answers: { 204: { doc: "It has ended." } },
      answer: endOwnSession,
    }),
  },
  apiUsers: {
    GET: operation({
      name: "listUsers",
      doc: "List accounts.",
      scopes: ADMINISTER,
      query: userListQuery,
      answers: { 200: { doc: "A page.", schema: pageOf(userSchema), headers: ["Link"] } },
      answer: (call, { query }) => listUsers(call, query),
    }),
    POST: operation({
      name: "createUser",
      doc: "Create an account. One of an administrator needs a person.",
      scopes: ADMINISTER,
      body: jsonBody(newUserBody),
      answers: { 201: { doc: "The new account.", schema: userSchema, headers: ["Location"] } },
      answer: (call, { body }) => createUser(call, body),
    }),
  },
  apiUser: {
    GET: operation({
      name: "readUser",
      doc: "Read an account.",
      scopes: ADMINISTER,
      answers: { 200: user },
      answer: readUser,
    }),
    PATCH: operation({
      name: "changeUser",
      doc: "Change an account. Its sessions end when it is disabled, or gets another role, which needs a person.",
      scopes: ADMINISTER,
      body: jsonBody(userChangesBody),
      answers: { 200: user },
      answer: (call, { body }) => changeUser(call, body),
    }),
    DELETE: operation({
      name: "deleteUser",
      doc: "Delete an account, and transfer or delete its links.",
      scopes: PERSON,
      query: removalQuery,
      answers: { 200: { doc: "It is deleted.", schema: removedSchema } },
      answer: (call, { query }) => deleteUser(call, query),
    }),
  },
  apiPassword: {
    PUT: operation({
      name: "setPassword",
      doc: "Set the password of an account. Its sessions end.",
      scopes: PERSON,
      body: jsonBody(passwordBody),
      answers: { 204: { doc: "It is set." } },
      answer: (call, { body }) => setPassword(call, body.new_password),
    }),
    POST: operation({
      name: "createOneTimePassword",
      doc: "Create a password that must be changed at the next sign-in. The sessions of the account end.",
      scopes: PERSON,
      answers: { 200: { doc: "The password.", schema: oneTimePasswordSchema } },
      answer: createOneTimePassword,
    }),
  },
  apiSessions: {
    DELETE: operation({
      name: "endSessions",
      doc: "Sign an account out everywhere.",
      scopes: ADMINISTER,
      answers: { 204: { doc: "Its sessions have ended." } },
      answer: endSessions,
    }),
  },
};
