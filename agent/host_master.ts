import type { MasterFacts } from "../crd/ipam/facts.ts";
import type { ReadMaster } from "./ipam/mod.ts";

/** What finding a master is done with; it moves this thread into the Pod's netns and back. */
type FindMaster = typeof import("../net/host/mod.ts").findMaster;

/**
 * A {@linkcode ReadMaster} over the kernel. What makes system calls is loaded when the first request asks for a master:
 * an agent whose networks do not set `match_master_subnet` needs neither FFI nor a capability.
 *
 * @param load for tests
 */
export function hostMaster(load: () => Promise<FindMaster> = loadFindMaster): ReadMaster {
  return async ({ netNamespace, ifName }): Promise<MasterFacts> => {
    try {
      const findMaster = await load();
      const master = findMaster(netNamespace, ifName);
      return master.kind === "found" ? { addresses: master.addresses } : { problem: master.problem };
    } catch (err) {
      return { problem: problemOf(err, netNamespace) };
    }
  };
}

async function loadFindMaster(): Promise<FindMaster> {
  const { findMaster } = await import("../net/host/mod.ts");
  return findMaster;
}

/** What is missing, for the person who runs the agent; see the comments in manifests/50-agent.yaml. */
function problemOf(err: unknown, netns: string): string {
  if (err instanceof Deno.errors.NotCapable) return "this agent runs without the permission to call libc (--allow-ffi)";
  const { message, code, reason } = factsOf(err);
  if (reason === "missing") {
    const hint = netns.startsWith("/proc/")
      ? "give the Pod of the agent hostPID"
      : "mount /run/netns of the host there";
    return `the network namespace ${netns} does not exist in the agent's container: ${hint}`;
  }
  if (code === "EPERM" || code === "EACCES") {
    return `entering the network namespace ${netns} is not permitted: give the agent the capability SYS_ADMIN`;
  }
  return message;
}

/** Fields of the errors of `net/`, which are not loaded here. */
function factsOf(err: unknown): { readonly message: string; readonly code?: unknown; readonly reason?: unknown } {
  if (!(err instanceof Error)) return { message: String(err) };
  const { code, reason } = err as Error & { code?: unknown; reason?: unknown }; // absent on other errors
  return { message: err.message, code, reason };
}
