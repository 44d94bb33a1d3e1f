/** Opening files. Sources: asm-generic/fcntl.h (`O`), linux/fcntl.h (`AT`). Values of x86-64 and arm64. @module */

/** Flags of `open`. `O.CREAT` is missing on purpose: the binding in `net/ffi` takes no file mode. */
export const O = { RDONLY: 0, WRONLY: 1, RDWR: 2, TRUNC: 0x200, NONBLOCK: 0x800, CLOEXEC: 0x80000 } as const;

/** Flags of calls that take a path next to a descriptor. */
export const AT = { EMPTY_PATH: 0x1000 } as const;
