import { ADMIN_USERNAME, isNewUsername } from "../../accounts/user.ts";

const MOST_LETTERS = 50;

/**
 * The user name that each of the original's users has here. Those that may stand here stay as they are, and the first
 * of those that differ in case alone; the same names give the same ones every time.
 */
export function mapNames(oldNames: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set([ADMIN_USERNAME]);
  const names = new Map<string, string>();
  const take = (oldName: string, username: string) => {
    taken.add(username.toLowerCase());
    names.set(oldName, username);
  };
  for (const name of oldNames) {
    if (name === ADMIN_USERNAME) names.set(name, name);
    else if (isNewUsername(name) && !taken.has(name.toLowerCase())) take(name, name);
  }
  for (const name of oldNames) if (!names.has(name)) take(name, freeName(likeness(name), taken));
  return names;
}

/** As near to the name as the letters of a user name allow. */
function likeness(name: string): string {
  const letters = name.normalize("NFKD").replaceAll(/\p{M}/gu, "");
  const plain = letters.replaceAll(/[^A-Za-z0-9_-]+/g, "-").replaceAll(/^-+|-+$/g, "");
  if (plain === "") return "user";
  return plain.length < 3 ? `user-${plain}` : plain.slice(0, MOST_LETTERS);
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let count = 2; taken.has(free.toLowerCase()); count++) {
    const ending = `-${count}`;
    free = name.slice(0, MOST_LETTERS - ending.length) + ending;
  }
  return free;
}
