import { isIPv6 } from "node:net";

/**
 * Who is one caller for a limit: an IPv4 address, or the /64 of an IPv6 one, since a household has a whole /64.
 * Anything else ("local") stays as it is.
 */
export function networkOf(address: string): string {
  const plain = address.replace(/%.*$/, "");
  if (!isIPv6(plain)) return address;
  const groups = expandIPv6(plain);
  return isMapped(groups) ? mappedIn(groups) : `${firstOf(groups, 4)}::/64`;
}

/** How much of a client's address is written down. */
export type AddressForm = "short" | "full" | "none";

/** An address as logs may have it: whole, or only its first part (/24, of IPv6 /48); null for none of it. */
export function writtenAddress(address: string, form: AddressForm): string | null {
  switch (form) {
    case "full":
      return address;
    case "short":
      return shorten(address);
    case "none":
      return null;
  }
}

function shorten(address: string): string {
  const plain = address.replace(/%.*$/, "");
  if (!isIPv6(plain)) return address.replace(/^(\d+\.\d+\.\d+)\.\d+$/, "$1.0");
  const groups = expandIPv6(plain);
  return isMapped(groups) ? shorten(mappedIn(groups)) : `${firstOf(groups, 3)}::`;
}

function firstOf(groups: readonly number[], count: number): string {
  return groups
    .slice(0, count)
    .map((group) => group.toString(16))
    .join(":");
}

/** The IPv4 address that an IPv6 one stands for. */
function mappedIn(groups: readonly number[]): string {
  const [high = 0, low = 0] = groups.slice(6);
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** Whether this is ::ffff:a.b.c.d, an IPv4 address as a dual-stack socket shows it. */
function isMapped(groups: readonly number[]): boolean {
  return groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
}

/** The eight 16-bit groups of a valid IPv6 address. */
function expandIPv6(address: string): number[] {
  const [head = "", tail] = address.split("::");
  if (tail === undefined) return groupsOf(head);
  const [before, after] = [groupsOf(head), groupsOf(tail)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return [...before, ...zeros, ...after];
}

function groupsOf(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}
