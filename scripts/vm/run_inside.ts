import { join } from "node:path";
import { fileEntry, type Tree } from "../image/tree.ts";
import { type Say, vmCache } from "./cache.ts";
import { checkoutTree } from "./checkout.ts";
import { cpioOf } from "./cpio.ts";
import { ensureImage } from "./image.ts";
import { JOB_PATH, jobText } from "./job.ts";
import { fetchKernel } from "./kernel.ts";
import { MachineError, runMachine } from "./machine.ts";
import { programsTree } from "./programs.ts";
import { qemuCommand } from "./qemu.ts";
import { type FileReport, parseReports } from "./report.ts";

/** The longest time for all tests, in milliseconds: many times what they take, because the processor may have other work. */
const LIMIT_MS = 3_600_000;

/** The longest time between two lines of the console, in milliseconds: a single test prints nothing while it runs. */
const SILENCE_MS = 900_000;

/** What is printed on the console is also here. */
export const consoleLog: string = join(vmCache, "console.log");

/** How {@linkcode runInside} runs. */
export interface InsideOptions {
  readonly say: Say;
  /** Given every line of the console as it comes. */
  readonly onLine?: (line: string) => void;
  /** Options of `deno test`, such as `--filter=vlan`. */
  readonly options?: readonly string[];
}

/** What the virtual machine did. */
export interface InsideRun {
  /** By path. */
  readonly reports: ReadonlyMap<string, FileReport>;
  readonly console: readonly string[];
  /** Why there are no more reports; absent if it came to its end. */
  readonly error?: MachineError;
}

/**
 * Boots the virtual machine, runs the tests in `paths` there with the checkout as it is now, and waits for its end.
 *
 * @param paths from the root of the repository
 */
export async function runInside(paths: readonly string[], options: InsideOptions): Promise<InsideRun> {
  const { say, onLine } = options;
  const image = await ensureImage(await fetchKernel(say), say);
  const input = cpioOf(await jobTree(paths, options));
  const console: string[] = [];
  const note = (line: string) => {
    console.push(line);
    onLine?.(line);
  };
  const limits = { limitMs: LIMIT_MS, silenceMs: SILENCE_MS };
  try {
    const output = await runMachine({ command: qemuCommand(image), input, ...limits, onLine: note });
    return { reports: parseReports(output), console };
  } catch (error) {
    if (!(error instanceof MachineError)) throw error;
    return { reports: parseReports(error.output), console, error };
  } finally {
    await Deno.writeTextFile(consoleLog, console.map((line) => `${line}\n`).join(""));
  }
}

async function jobTree(paths: readonly string[], { options }: InsideOptions): Promise<Tree> {
  const trees = await Promise.all([checkoutTree(paths), programsTree()]);
  const job = fileEntry(jobText(paths, options));
  return new Map([...trees.flatMap((tree) => [...tree]), [JOB_PATH, job]]);
}
