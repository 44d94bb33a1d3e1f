import type { Clock } from "../net/base/clock.ts";
import { jsonLine } from "../net/base/json_line.ts";
import { type LogFile, type LogFileOptions, openLogFile } from "../net/base/log_file.ts";

/** Only the beginning of a line was written. */
export class TornLineError extends Error {
  override readonly name = "TornLineError";

  constructor(written: number, options?: ErrorOptions) {
    super(`Cannot write the whole line: the first ${written} bytes were written`, options);
  }
}

/** Where a log goes. */
export interface LogOutputOptions {
  /** Takes whole lines. @throws {TornLineError} or anything else when it cannot */
  readonly stdout: (line: string) => void;
  /** Gets every line, too. */
  readonly file?: LogFileOptions;
  readonly clock: Clock;
}

/** Takes lines, and never throws. */
export interface LogOutput extends Disposable {
  write(line: string): void;
}

/** Between two tries to open a log file, in milliseconds. */
const REOPEN_MS = 10_000;

/**
 * Writes lines to standard output and perhaps to a file. A disk that is full, or a reader that has gone, never stops the
 * agent: lines are lost, and as soon as one can be written again, a line before it says how many. That the file cannot be
 * written is said on standard output, once.
 */
export function createLogOutput({ stdout, file, clock }: LogOutputOptions): LogOutput {
  const main = new Sink("standard output", { write: stdout, clock });
  if (file === undefined) return { write: (line) => void main.write(line), [Symbol.dispose]() {} };
  const rotated = new RotatedFile(file, clock);
  const second = new Sink(file.path, { write: (line) => rotated.append(line), clock });
  return {
    write(line) {
      main.write(line);
      const problem = second.write(line);
      if (problem !== undefined) {
        main.write(noticeOf("cannot write the log file", { clock, path: file.path, err: problem }));
      }
    },
    [Symbol.dispose]: () => rotated.close(),
  };
}

/** One place that lines go to. */
class Sink {
  readonly #name: string;
  readonly #write: (line: string) => void;
  readonly #clock: Clock;
  #lost = 0;
  #isTorn = false;

  constructor(name: string, { write, clock }: { readonly write: (line: string) => void; readonly clock: Clock }) {
    this.#name = name;
    this.#write = write;
    this.#clock = clock;
  }

  /** @returns what went wrong with the first line that was lost */
  write(line: string): unknown {
    try {
      if (this.#lost > 0) this.#tellLost();
      this.#write(line);
      return undefined;
    } catch (err) {
      this.#lost++;
      this.#isTorn ||= err instanceof TornLineError;
      return this.#lost === 1 ? err : undefined;
    }
  }

  #tellLost(): void {
    const notice = noticeOf("lost log lines", { clock: this.#clock, output: this.#name, lines: this.#lost });
    this.#write(this.#isTorn ? `\n${notice}` : notice); // ends the torn line
    this.#isTorn = false;
    this.#lost = 0;
  }
}

/** A log file that begins anew when it has grown too large. */
class RotatedFile {
  readonly #options: LogFileOptions;
  readonly #clock: Clock;
  #file: LogFile | undefined;
  #failedAt = -Infinity;

  constructor(options: LogFileOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** @throws {Error} when the line could not be written */
  append(line: string): void {
    const file = this.#open();
    const bytes = new TextEncoder().encode(line);
    const written = file.append(bytes);
    if (file.isFull()) this.close();
    if (written < bytes.length) throw new TornLineError(written);
  }

  close(): void {
    this.#file?.[Symbol.dispose]();
    this.#file = undefined;
  }

  #open(): LogFile {
    if (this.#file !== undefined) return this.#file;
    const now = this.#clock.now();
    if (Math.abs(now - this.#failedAt) < REOPEN_MS) throw new Error("it could not be opened");
    try {
      this.#file = openLogFile(this.#options, now);
      return this.#file;
    } catch (err) {
      this.#failedAt = now;
      throw err;
    }
  }
}

function noticeOf(msg: string, { clock, ...fields }: { readonly clock: Clock } & Record<string, unknown>): string {
  return jsonLine({ level: "WARN", ts: new Date(clock.now()).toISOString(), msg, ...fields });
}
