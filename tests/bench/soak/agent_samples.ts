/** What an agent of a node takes, as the kernel tells it. */
import type { Node } from "../../../scripts/cluster/mod.ts";
import { tasksOf } from "../../e2e/sandboxes.ts";

/** One look at one agent. */
export interface AgentSample {
  /** Since the churn began, in milliseconds. */
  readonly atMs: number;
  readonly node: string;
  /** As the node sees it; another one is another life of the agent. */
  readonly pid: number;
  /** Resident memory, in bytes. */
  readonly rss: number;
  /** The part of it that no other process shares, in bytes. */
  readonly anonymous: number;
  readonly descriptors: number;
}

/** Looks at the agent of `node`; nothing while it does not run. */
export async function sampleAgent(node: Node, atMs: number): Promise<AgentSample | undefined> {
  const agent = (await tasksOf(node)).find(({ container }) => container === "spiderpool-agent");
  if (agent?.pid === undefined) return undefined;
  const proc = node.hostPath(`/proc/${agent.pid}`);
  try {
    const memory = memoryOf(Deno.readTextFileSync(`${proc}/status`));
    const descriptors = [...Deno.readDirSync(`${proc}/fd`)].length;
    return memory && { atMs, node: node.name, pid: agent.pid, ...memory, descriptors };
  } catch (err) {
    if (err instanceof Deno.errors.NotFound || isEnding(err)) return undefined; // it died just now
    throw err;
  }
}

/** Reads `/proc/<pid>/status`; nothing for a process that has ended and has no memory any more. Source: proc(5). */
export function memoryOf(status: string): Pick<AgentSample, "rss" | "anonymous"> | undefined {
  const kib = (field: string) => /^\d+$/.exec(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? "")?.[0];
  const [rss, anonymous] = [kib("VmRSS"), kib("RssAnon")];
  if (rss === undefined || anonymous === undefined) return undefined;
  return { rss: Number(rss) * 1024, anonymous: Number(anonymous) * 1024 };
}

/** ESRCH: the kernel has the files of a process that ends, but no content. */
function isEnding(err: unknown): boolean {
  return err instanceof Error && /os error 3\b/.test(err.message);
}
