import { describe, expect, test } from "bun:test";
import { type AddressForm, loggedAddress, networkOf } from "../../src/os/ip-network.ts";

describe("the network of an address", () => {
  test.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["::FFFF:c000:207", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::ffff", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:db8:1:2:ffff:ffff:192.0.2.7", "2001:db8:1:2::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
    ["1::", "1:0:0:0::/64"],
    ["local", "local"],
    ["", ""],
    ["not:an:address", "not:an:address"],
  ])("%p is %p", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe("an address in a log", () => {
  const rows: [AddressForm, string, string | null][] = [
    ["short", "192.0.2.7", "192.0.2.0"],
    ["short", "::ffff:192.0.2.7", "192.0.2.0"],
    ["short", "2001:db8:1:2:3:4:5:6", "2001:db8:1::"],
    ["short", "2001:db8::1", "2001:db8:0::"],
    ["short", "::1", "0:0:0::"],
    ["short", "fe80::1%eth0", "fe80:0:0::"],
    ["short", "local", "local"],
    ["full", "192.0.2.7", "192.0.2.7"],
    ["full", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6"],
    ["none", "192.0.2.7", null],
    ["none", "local", null],
  ];
  test.each(rows)("as %p, %p is %p", (form, address, written) => {
    expect(loggedAddress(address, form)).toBe(written);
  });
});
