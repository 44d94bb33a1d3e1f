/** What the figures depend on. */
import { runFreely } from "../../../scripts/cluster/command.ts";
import { KUBERNETES_VERSION } from "../../../scripts/cluster/layout.ts";

/** The machine and the programs of a measurement. */
export interface MachineFacts {
  readonly processor: string;
  readonly cores: number;
  /** In bytes. */
  readonly memory: number;
  readonly kernel: string;
  readonly deno: string;
  readonly kubernetes: string;
  readonly etcd: string;
  /** Mean number of runnable processes in the minute before: more than a few are the work of others. */
  readonly loadBefore: number;
}

/** Looks at this machine. */
export async function machineFacts(): Promise<MachineFacts> {
  const [cpu, memory] = ["/proc/cpuinfo", "/proc/meminfo"].map((path) => Deno.readTextFileSync(path));
  const { stdout } = await runFreely(["etcd", "--version"]);
  return {
    processor: /^model name\s*:\s*(.+)$/m.exec(cpu ?? "")?.[1] ?? Deno.build.arch,
    cores: navigator.hardwareConcurrency,
    memory: Number(/^MemTotal:\s+(\d+) kB$/m.exec(memory ?? "")?.[1] ?? NaN) * 1024,
    kernel: Deno.osRelease(),
    deno: Deno.version.deno,
    kubernetes: KUBERNETES_VERSION,
    etcd: /etcd Version: (\S+)/.exec(stdout)?.[1] ?? "unknown",
    loadBefore: Deno.loadavg()[0] ?? NaN,
  };
}

/** The facts in one sentence. */
export function machineText(facts: MachineFacts): string {
  const { processor, cores, memory, kernel, deno, kubernetes, etcd, loadBefore } = facts;
  const gib = Math.round(memory / 2 ** 30);
  const machine = `${cores} cores (${processor}), ${gib} GiB, Linux ${kernel}`;
  const programs = `Deno ${deno}, kube-apiserver ${kubernetes}, etcd ${etcd}`;
  return `${machine}; ${programs}; all of it on that one machine, whose load was ${loadBefore.toFixed(1)} before.`;
}
