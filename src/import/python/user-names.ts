import { ADMIN_USERNAME, isNewUsername } from "../../accounts/user.ts";

const MAX_LENGTH = 50;

/**
 * Maps the old user names to those here. Allowed names stay, as does the first of those that differ in case alone; the
 * same names are mapped the same way every time.
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
  for (const name of oldNames) if (!names.has(name)) take(name, freeName(similarName(name), taken));
  return names;
}

/** The nearest name with the letters that user names allow. */
function similarName(name: string): string {
  const letters = name.normalize("NFKD").replaceAll(/\p{M}/gu, "");
  const plain = letters.replaceAll(/[^A-Za-z0-9_-]+/g, "-").replaceAll(/^-+|-+$/g, "");
  if (plain === "") return "user";
  return plain.length < 3 ? `user-${plain}` : plain.slice(0, MAX_LENGTH);
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let count = 2; taken.has(free.toLowerCase()); count++) {
    const ending = `-${count}`;
    free = name.slice(0, MAX_LENGTH - ending.length) + ending;
  }
  return free;
}
