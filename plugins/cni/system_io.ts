import type { NetnsIdentity, PluginIo } from "./io.ts";

const OWN_NETNS = "/proc/self/ns/net";
/** More than any network configuration has. */
const MAX_STDIN_BYTES = 16 * 1024 * 1024;

/**
 * The process itself. Everything is synchronous: a stream of stdin alone would cost 3 ms of each call.
 * Namespaces are looked at here, at once, because only `--allow-all` may look below `/proc`; `main.ts` then gives
 * permissions away.
 *
 * @param getenv `undefined` for a variable that is not set
 */
export function systemIo(getenv: PluginIo["getenv"]): PluginIo {
  const asked = getenv("CNI_NETNS") ?? "";
  const own = lookAt(OWN_NETNS);
  const given = asked === "" ? () => undefined : lookAt(asked);
  return {
    getenv,
    readStdin,
    stdout: (text) => writeAll(Deno.stdout, text),
    stderr: (text) => writeAll(Deno.stderr, text),
    ownNetns() {
      const identity = own();
      if (identity === undefined) throw new Error(`Cannot see ${OWN_NETNS}: is /proc mounted?`);
      return identity;
    },
    netnsAt: (path) => path === asked ? given() : lookAt(path)(),
  };
}

/** Looks now, tells later: what goes wrong is thrown where somebody can answer it. */
function lookAt(path: string): () => NetnsIdentity | undefined {
  try {
    const { dev, ino } = Deno.statSync(path);
    return () => ({ dev, ino: ino ?? 0 });
  } catch (err) {
    if (err instanceof Deno.errors.NotFound || err instanceof Deno.errors.NotADirectory) return () => undefined;
    return () => {
      throw err;
    };
  }
}

/** A terminal has nothing to say: someone calls the plugin by hand. */
function readStdin(): Uint8Array {
  if (Deno.stdin.isTerminal()) return new Uint8Array();
  let bytes = new Uint8Array(16 * 1024);
  let length = 0;
  for (;;) {
    const count = Deno.stdin.readSync(bytes.subarray(length));
    if (count === null) return bytes.subarray(0, length);
    length += count;
    if (length > MAX_STDIN_BYTES) throw new RangeError(`it is longer than ${MAX_STDIN_BYTES} bytes`);
    if (length === bytes.length) {
      const larger = new Uint8Array(bytes.length * 2);
      larger.set(bytes);
      bytes = larger;
    }
  }
}

function writeAll(file: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) sent += file.writeSync(bytes.subarray(sent));
}
