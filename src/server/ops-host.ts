import { isIP } from "node:net";
import { hostname } from "node:os";

/** Suffixes that no public name has: of a private network, of Docker's, and of Kubernetes. */
const PRIVATE_SUFFIX = /\.(?:internal|local|localhost|svc)$/;

/**
 * Whether a Host header names this machine: an address, a name without a dot, a private name, the host name or that of
 * `ops.listen`. Any other may belong to a web page that resolves it to this address (DNS rebinding).
 */
export function isOpsHost(header: string | null, listen: string): boolean {
  if (header === null) return true;
  const host = URL.parse(`http://${header}`)?.hostname ?? "";
  const name = host.replace(/\.$/, "");
  if (name === "") return false;
  if (isIP(name.replace(/^\[|\]$/g, "")) !== 0 || !name.includes(".")) return true;
  return PRIVATE_SUFFIX.test(name) || [hostname(), listen.replace(/:\d+$/, "")].includes(name);
}
