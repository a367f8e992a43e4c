import { dlopen, type Pointer, read } from "bun:ffi";

/** glibc, musl, macOS. */
const NAMES = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1", "libSystem.B.dylib"];

const FUNCTIONS = {
  clock_gettime: { args: ["i32", "ptr"], returns: "i32" },
  close: { args: ["i32"], returns: "i32" },
  flock: { args: ["i32", "i32"], returns: "i32" },
  getpeername: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  getsockname: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  getsockopt: { args: ["i32", "i32", "i32", "ptr", "ptr"], returns: "i32" },
  sendto: { args: ["i32", "ptr", "u64", "i32", "ptr", "u32"], returns: "i64" },
  shutdown: { args: ["i32", "i32"], returns: "i32" },
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
} as const;

/** The functions of the C library that Bun has no binding for; see their manual pages. */
export const libc = openFirst((name) => dlopen(name, FUNCTIONS).symbols);

/** Where the C library keeps the error of this thread: glibc and musl, macOS. */
const findError = openFirst((name) => openErrorLocation(name));

/** Returns `errno` of the last call that failed on this thread. */
export function lastError(): number {
  const at = findError();
  return at === null ? 0 : read.i32(Number(at) as Pointer);
}

function openErrorLocation(name: string): () => Pointer | bigint | null {
  const location = { args: [], returns: "ptr" } as const;
  return process.platform === "darwin"
    ? dlopen(name, { __error: location }).symbols.__error
    : dlopen(name, { __errno_location: location }).symbols.__errno_location;
}

function openFirst<Opened>(open: (name: string) => Opened): Opened {
  for (const name of NAMES) {
    try {
      return open(name);
    } catch {}
  }
  throw new Error(`Cannot open the C library: tried ${NAMES.join(", ")}`);
}
