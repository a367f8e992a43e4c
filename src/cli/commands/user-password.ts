import { operator } from "../../policy.ts";
import { type Command, type Invocation, printResult } from "../command.ts";
import { readPassword } from "../read-password.ts";
import { withApp } from "../with-app.ts";
import { text } from "./text.en.ts";

export const passwd: Command = {
  synopsis: "user passwd NAME [--one-time]",
  summary: () => text.users.passwd,
  words: [1, 1],
  examples: ["trunk8 user passwd alice --one-time"],
  needsPerson: true,
  options: { "one-time": { doc: () => text.users.oneTime } },
  run: (invocation) => setPassword(invocation),
};

async function setPassword(invocation: Invocation): Promise<void> {
  const [username = ""] = invocation.positionals;
  if (!invocation.has("one-time")) return await setTyped(invocation, username);
  await withApp(invocation, async ({ accounts: { users } }) => {
    const password = await users.createOneTimePassword(operator, username);
    printResult(text.users.oneTimePassword(password));
  });
}

async function setTyped(invocation: Invocation, username: string): Promise<void> {
  const password = await readPassword();
  await withApp(invocation, ({ accounts }) =>
    accounts.users.setPassword(operator, username, password),
  );
  printResult(text.users.passwordSet(username));
}
