const BYTES_PER_MB = 1024 * 1024;
const MS_PER_DAY = 86_400_000;

/** Where and how long lines are kept. */
export interface LogFileOptions {
  readonly path: string;
  /** Megabytes (2^20) after which a new file is begun. */
  readonly maxSizeMb: number;
  /** Days after which an old file is removed; 0 for never. */
  readonly maxAgeDays: number;
  /** Old files to keep; 0 for all. */
  readonly maxCount: number;
}

/** A log file that many processes write. */
export interface LogFile {
  /**
   * Adds `line` with one write(2), so that lines of several processes never mix.
   *
   * @returns how many bytes of it were written: a disk that becomes full takes a part
   */
  append(line: Uint8Array): number;
  /** Whether it has grown so large that {@linkcode openLogFile} would begin a new one. */
  isFull(): boolean;
  [Symbol.dispose](): void;
}

/**
 * Opens the log file for appending, after beginning a new one where it has grown too large. Its directory is made when
 * missing.
 *
 * @param nowMs milliseconds since the epoch
 * @throws {Error} when it cannot be written
 */
export function openLogFile(options: LogFileOptions, nowMs: number): LogFile {
  const maxBytes = options.maxSizeMb * BYTES_PER_MB;
  let file = openAppend(options.path);
  if (file.statSync().size >= maxBytes) {
    {
      using full = file;
      rotate(full, { options, nowMs });
    }
    file = openAppend(options.path);
  }
  let { size } = file.statSync();
  return {
    append(line) {
      const written = file.writeSync(line);
      size += written;
      return written;
    },
    isFull: () => size >= maxBytes,
    [Symbol.dispose]() {
      file.close();
    },
  };
}

function openAppend(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { append: true, create: true, mode: 0o640 });
  } catch (err) {
    if (!(err instanceof Deno.errors.NotFound)) throw err;
    Deno.mkdirSync(directoryOf(path), { recursive: true, mode: 0o755 });
    return Deno.openSync(path, { append: true, create: true, mode: 0o640 });
  }
}

interface Rotation {
  readonly options: LogFileOptions;
  readonly nowMs: number;
}

/** Renames the file under its lock, unless another process did so meanwhile. */
function rotate(file: Deno.FsFile, { options, nowMs }: Rotation): void {
  file.lockSync(true);
  try {
    const current = tryStat(options.path);
    if (current === undefined || current.ino !== file.statSync().ino) return;
    Deno.renameSync(options.path, backupPath(options.path, nowMs));
    prune({ options, nowMs });
  } finally {
    file.unlockSync();
  }
}

function prune({ options, nowMs }: Rotation): void {
  const { maxAgeDays, maxCount } = options;
  const directory = directoryOf(options.path);
  const names = [...Deno.readDirSync(directory)].map(({ name }) => name);
  for (const name of outdated(names, { base: options.path.slice(directory.length + 1), maxAgeDays, maxCount, nowMs })) {
    Deno.removeSync(`${directory}/${name}`);
  }
}

/** What {@linkcode outdated} goes by. */
export interface Retention {
  /** Name of the file that is written, such as `spiderpool.log`. */
  readonly base: string;
  readonly maxAgeDays: number;
  readonly maxCount: number;
  readonly nowMs: number;
}

/** Which of `names` are old log files that need not be kept: beyond the count, newest first, or too old. */
export function outdated(names: readonly string[], { base, maxAgeDays, maxCount, nowMs }: Retention): string[] {
  const backups = names.map((name) => ({ name, at: backupTime(name, base) })).filter(({ at }) => !Number.isNaN(at));
  backups.sort((a, b) => b.at - a.at);
  const oldest = maxAgeDays === 0 ? -Infinity : nowMs - maxAgeDays * MS_PER_DAY;
  return backups.filter(({ at }, i) => (maxCount > 0 && i >= maxCount) || at < oldest).map(({ name }) => name);
}

/** `spiderpool-2026-01-02T15-04-05.678.log`, as upstream's rotation names them. */
export function backupPath(path: string, nowMs: number): string {
  const { stem, extension } = splitName(path);
  return `${stem}-${new Date(nowMs).toISOString().slice(0, -1).replaceAll(":", "-")}${extension}`;
}

/** Milliseconds since the epoch, or `NaN` for a file that is no backup of `base`. */
function backupTime(name: string, base: string): number {
  const { stem, extension } = splitName(base);
  if (!name.startsWith(`${stem}-`) || !name.endsWith(extension)) return NaN;
  const stamp = name.slice(stem.length + 1, name.length - extension.length);
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d\.\d{3})$/.exec(stamp);
  return match === null ? NaN : Date.parse(`${match[1]}T${match[2]}:${match[3]}:${match[4]}Z`);
}

function splitName(path: string): { stem: string; extension: string } {
  const dot = path.lastIndexOf(".");
  const hasExtension = dot > path.lastIndexOf("/");
  return { stem: hasExtension ? path.slice(0, dot) : path, extension: hasExtension ? path.slice(dot) : "" };
}

function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash <= 0 ? "/".slice(0, slash + 1) || "." : path.slice(0, slash);
}

function tryStat(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (err) {
    if (err instanceof Deno.errors.NotFound) return undefined;
    throw err;
  }
}
