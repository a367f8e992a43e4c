/**
 * The URLs of single servers that a database's URL names: `postgres://user:password@one:5432,two:5432/name` is two, as
 * in libpq. Any other is itself.
 */
export function listServers(url: string): string[] {
  const parts = /^([a-z]+:\/\/(?:[^/?#]*@)?)([^/?#@]*)(.*)$/is.exec(url);
  const [, before = "", hosts = "", after = ""] = parts ?? [];
  if (!hosts.includes(",")) return [url];
  return hosts.split(",").map((host) => before + host + after);
}
