/**
 * The only place that opens a native library. It is opened on first use, so a program that makes no system call of its
 * own never needs the permission.
 *
 * `open` is declared with its two fixed parameters only: files are never created through it, so its variadic mode is
 * not read. `ioctl` takes one pointer here. `environ` is no function: its value here is the address of the variable. All
 * symbols exist since glibc 2.28.
 */
const symbols = {
  environ: { type: "pointer" },
  __errno_location: { parameters: [], result: "pointer" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  close_on_other_thread: { name: "close", parameters: ["i32"], result: "i32", nonblocking: true },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  sendto: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"], result: "isize" },
  recvfrom: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "buffer"], result: "isize" },
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
  poll_on_other_thread: { name: "poll", parameters: ["buffer", "usize", "i32"], result: "i32", nonblocking: true },
  setns: { parameters: ["i32", "i32"], result: "i32" },
  unshare: { parameters: ["i32"], result: "i32" },
  mount: { parameters: ["buffer", "buffer", "buffer", "usize", "buffer"], result: "i32" },
  umount2: { parameters: ["buffer", "i32"], result: "i32" },
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "isize" },
  ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  fstatfs: { parameters: ["i32", "buffer"], result: "i32" },
  madvise: { parameters: ["usize", "usize", "i32"], result: "i32" },
  malloc_trim: { parameters: ["usize"], result: "i32" },
  statx: { parameters: ["i32", "buffer", "i32", "u32", "buffer"], result: "i32" },
} as const;

/** What this project uses of libc. */
export type Libc = Deno.DynamicLibrary<typeof symbols>["symbols"];

interface OpenLibc {
  readonly functions: Libc;
  readonly errno: Deno.UnsafePointerView;
}

let opened: OpenLibc | undefined;

/**
 * The functions of libc, opened on the first call.
 *
 * @throws {Deno.errors.NotCapable} without `--allow-ffi`
 * @throws {Error} where there is no glibc, that is outside Linux
 */
export function libc(): Libc {
  return open().functions;
}

/**
 * `errno` of this thread. Valid only straight after a synchronous call that failed: read it in the function that made
 * the call. After a `nonblocking` call it belongs to another thread and is lost.
 */
export function errno(): number {
  return open().errno.getInt32();
}

function open(): OpenLibc {
  return opened ??= load();
}

// The address of errno is fixed per thread, and one isolate stays on one thread: reading it later is a plain load,
// with no call in between that could change it.
function load(): OpenLibc {
  const functions = Deno.dlopen("libc.so.6", symbols).symbols;
  const location = functions.__errno_location();
  if (location === null) throw new Error("Cannot use libc: it gives no address for errno");
  return { functions, errno: new Deno.UnsafePointerView(location) };
}
