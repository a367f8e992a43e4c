import { dlopen } from "bun:ffi";

/** glibc, musl, macOS. */
const NAMES = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1", "libSystem.B.dylib"];

/** The functions of the C library that Bun has no binding for; see their manual pages. */
export const libc = openLibc();

function openLibc() {
  for (const name of NAMES) {
    try {
      return load(name);
    } catch {}
  }
  throw new Error(`Cannot open the C library: tried ${NAMES.join(", ")}`);
}

function load(name: string) {
  return dlopen(name, {
    close: { args: ["i32"], returns: "i32" },
    flock: { args: ["i32", "i32"], returns: "i32" },
    getpeername: { args: ["i32", "ptr", "ptr"], returns: "i32" },
    getsockname: { args: ["i32", "ptr", "ptr"], returns: "i32" },
    getsockopt: { args: ["i32", "i32", "i32", "ptr", "ptr"], returns: "i32" },
    sendto: { args: ["i32", "ptr", "u64", "i32", "ptr", "u32"], returns: "i64" },
    shutdown: { args: ["i32", "i32"], returns: "i32" },
    socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  }).symbols;
}
