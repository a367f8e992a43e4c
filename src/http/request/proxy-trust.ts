import { BlockList } from "node:net";
import { normaliseAddress } from "../../os/ip-network.ts";

/** The address of a peer on a unix socket. */
export const LOCAL = "local";

/** Whether to believe what `address` says about who is behind it. `hop` is 1 for the peer, 2 for the one behind it. */
export type ProxyTrust = (address: string, hop: number) => boolean;

/**
 * The setting `server.trusted_proxies`: addresses and CIDRs, or one number, the count of proxies in front.
 * The peer of a unix socket is trusted always.
 */
export function parseProxyTrust(words: readonly string[]): ProxyTrust {
  const [first = ""] = words;
  if (words.length === 1 && /^\d{1,2}$/.test(first)) return trustHops(Number(first));
  return trustNetworks(words);
}

function trustHops(count: number): ProxyTrust {
  return (address, hop) => address === LOCAL || hop <= count;
}

function trustNetworks(words: readonly string[]): ProxyTrust {
  const trusted = networksOf(words);
  return (address) => address === LOCAL || trusted(address);
}

/** Whether an address is in one of several networks. */
export type Networks = (address: string) => boolean;

/** @param words addresses and CIDRs */
export function networksOf(words: readonly string[]): Networks {
  const list = new BlockList();
  for (const word of words) addNetwork(list, word);
  return (address) => address !== LOCAL && list.check(address, familyOf(address));
}

function addNetwork(list: BlockList, word: string): void {
  const [network = "", bits] = word.split("/");
  const family = familyOf(network);
  list.addSubnet(network, Number(bits ?? (family === "ipv4" ? 32 : 128)), family);
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return address.includes(":") ? "ipv6" : "ipv4";
}

/**
 * Who stands behind `peer`: X-Forwarded-For read from the right, as far as each hop is trusted. A malformed
 * entry ends the chain at the last good one.
 */
export function behindProxies(peer: string, forwardedFor: string, trusts: ProxyTrust): string {
  const entries = forwardedFor.split(",");
  let address = peer;
  for (let hop = 1; trusts(address, hop); hop++) {
    const before = parseEntry(entries.pop() ?? "");
    if (before === null) return address;
    address = before;
  }
  return address;
}

const BRACKETED = /^\[([^\]]*:[^\]]*)\](?::\d{1,5})?$/;
const WITH_PORT = /^([\d.]+):\d{1,5}$/;

function parseEntry(entry: string): string | null {
  const text = entry.trim();
  const bare = (BRACKETED.exec(text) ?? WITH_PORT.exec(text))?.[1] ?? text;
  return normaliseAddress(bare);
}
