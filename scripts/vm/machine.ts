import { readLines } from "../cluster/lines.ts";

/** Lines of the console that an error shows. */
const TAIL_LINES = 30;

/** How a machine is run. */
export interface MachineOptions {
  /** Program and arguments; see {@linkcode qemuCommand}. */
  readonly command: readonly [string, ...string[]];
  /** Goes into its standard input, which stays open. */
  readonly input: readonly Uint8Array[];
  /** The longest time from start to end, in milliseconds. */
  readonly limitMs: number;
  /** The longest time without a line on the console, in milliseconds. */
  readonly silenceMs: number;
  /** Given every line of the console. */
  readonly onLine?: ((line: string) => void) | undefined;
}

/** What is left of a machine that died. */
export interface MachineRemains {
  readonly output: string;
  /** The last lines of its console. */
  readonly console: readonly string[];
}

/** A machine did not do its work to the end. */
export class MachineError extends Error {
  override readonly name = "MachineError";
  constructor(readonly problem: string, { output, console }: MachineRemains) {
    const tail = console.length === 0 ? "it printed nothing" : `its console ended with:\n${console.join("\n")}`;
    super(`Cannot run the virtual machine: ${problem}; ${tail}`);
    this.output = output;
    this.console = console;
  }

  /** What it had written to its standard output. */
  readonly output: string;
  /** The last lines of its console. */
  readonly console: readonly string[];
}

/**
 * Runs a machine to its end. It does not outlive this call.
 *
 * @returns what it wrote to its standard output
 * @throws {MachineError} with the last lines of the console if it does not start, ends with an error, panics, or is too slow
 */
export async function runMachine(options: MachineOptions): Promise<string> {
  const child = start(options.command);
  const tail: string[] = [];
  using watch = new Watch(child, options);
  const ended = child.status;
  const [output, , { success, code }] = await Promise.all([
    new Response(child.stdout).text(),
    followConsole(child.stderr, (line) => {
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      watch.noteLine(line);
      options.onLine?.(line);
    }),
    ended,
    write(child.stdin, { parts: options.input, ended }),
  ]);
  const problem = watch.problem ?? (success ? undefined : `it ended with status ${code}`);
  if (problem !== undefined) throw new MachineError(problem, { output, console: tail });
  return output;
}

function start([program, ...args]: MachineOptions["command"]): Deno.ChildProcess {
  try {
    return new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  } catch (err) {
    if (!(err instanceof Deno.errors.NotFound)) throw err;
    throw new MachineError(`there is no program ${program}`, { output: "", console: [] });
  }
}

async function followConsole(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine: (line: string) => void,
): Promise<void> {
  for await (const line of readLines(stream)) onLine(line.replace(/\r$/, ""));
}

/** Writes all, and closes the stream when the machine has ended: a port whose other side is closed takes no answer. */
async function write(
  stream: WritableStream<Uint8Array>,
  { parts, ended }: { readonly parts: readonly Uint8Array[]; readonly ended: Promise<unknown> },
): Promise<void> {
  const writer = stream.getWriter();
  try {
    for (const part of parts) await writer.write(part);
    await ended;
    await writer.close();
  } catch (err) {
    if (!(err instanceof Deno.errors.BrokenPipe)) throw err; // it ended before it had read all
  }
}

/** Ends a machine that takes too long or says that it has died. */
class Watch implements Disposable {
  readonly #child: Deno.ChildProcess;
  readonly #silenceMs: number;
  readonly #limit: ReturnType<typeof setTimeout>;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #problem: string | undefined;

  constructor(child: Deno.ChildProcess, { limitMs, silenceMs }: MachineOptions) {
    this.#child = child;
    this.#silenceMs = silenceMs;
    this.#limit = setTimeout(() => this.#end(`it took more than ${limitMs} ms`), limitMs);
    this.#rearm();
  }

  /** Why it was ended, or what it said that it died of. */
  get problem(): string | undefined {
    return this.#problem;
  }

  noteLine(line: string): void {
    const [panic] = /Kernel panic - not syncing.*/.exec(line) ?? [];
    if (panic !== undefined) this.#problem ??= panic;
    this.#rearm();
  }

  #rearm(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#end(`it was silent for ${this.#silenceMs} ms`), this.#silenceMs);
  }

  #end(problem: string): void {
    this.#problem ??= problem;
    this.#kill();
  }

  #kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch (err) {
      if (!(err instanceof TypeError)) throw err; // it has ended
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#limit);
    clearTimeout(this.#silence);
    this.#kill();
  }
}
