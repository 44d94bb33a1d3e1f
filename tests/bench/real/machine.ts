/** What the figures depend on. */
import { runFreely } from "../../../scripts/cluster/command.ts";
import { KUBERNETES_VERSION } from "../../../scripts/cluster/layout.ts";

/** The machine of a measurement, and its Deno. */
export interface HardwareFacts {
  readonly processor: string;
  readonly cores: number;
  /** In bytes. */
  readonly memory: number;
  readonly kernel: string;
  readonly deno: string;
  /** Mean number of runnable processes in the minute before: more than a few are the work of others. */
  readonly loadBefore: number;
}

/** The same with the programs of a measurement on a real API server. */
export interface MachineFacts extends HardwareFacts {
  readonly kubernetes: string;
  readonly etcd: string;
}

/** Looks at this machine. */
export function hardwareFacts(): HardwareFacts {
  const [cpu, memory] = ["/proc/cpuinfo", "/proc/meminfo"].map((path) => Deno.readTextFileSync(path));
  return {
    processor: /^model name\s*:\s*(.+)$/m.exec(cpu ?? "")?.[1] ?? Deno.build.arch,
    cores: navigator.hardwareConcurrency,
    memory: Number(/^MemTotal:\s+(\d+) kB$/m.exec(memory ?? "")?.[1] ?? NaN) * 1024,
    kernel: Deno.osRelease(),
    deno: Deno.version.deno,
    loadBefore: Deno.loadavg()[0] ?? NaN,
  };
}

/** Looks at this machine and its programs. */
export async function machineFacts(): Promise<MachineFacts> {
  const { stdout } = await runFreely(["etcd", "--version"]);
  const etcd = /etcd Version: (\S+)/.exec(stdout)?.[1] ?? "unknown";
  return { ...hardwareFacts(), kubernetes: KUBERNETES_VERSION, etcd };
}

/** The facts in one sentence. */
export function machineText(facts: MachineFacts): string {
  const { deno, kubernetes, etcd, loadBefore } = facts;
  const programs = `Deno ${deno}, kube-apiserver ${kubernetes}, etcd ${etcd}`;
  return `${hardwareText(facts)}; ${programs}; all of it on that one machine, whose load was ${
    loadBefore.toFixed(1)
  } before.`;
}

/** Processor, memory and kernel. */
export function hardwareText({ processor, cores, memory, kernel }: HardwareFacts): string {
  return `${cores} cores (${processor}), ${Math.round(memory / 2 ** 30)} GiB, Linux ${kernel}`;
}
