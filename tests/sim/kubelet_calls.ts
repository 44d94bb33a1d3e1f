import type { IpamAddArgs, IpamAddResponse, IpamDelArgs } from "../../agent/api/types.ts";
import { formatAddress, parseAddress } from "../../net/ip/address.ts";
import { IpamError } from "../../crd/ipam/errors.ts";
import { NAMESPACE } from "./cluster.ts";
import type { NodeRuntime } from "./node_runtime.ts";
import type { PodNetwork } from "./pool_specs.ts";
import type { SimDeps } from "./sim_deps.ts";
import { Violation } from "./violation.ts";

/** How long an ADD may take: its deadline, giving back, and a second for the way. In milliseconds. */
const ADD_LIMIT_MS = 30_000 + 10_000 + 1_000;
/** How long a DEL may take, in milliseconds. */
const DEL_LIMIT_MS = 30_000 + 1_000;

/** Names one sandbox of one Pod. */
export interface SandboxRef {
  readonly podName: string;
  readonly podUid: string;
  readonly containerId: string;
}

/** One ADD as the runtime asks for it. */
export interface AddCall {
  readonly sandbox: SandboxRef;
  readonly nic: string;
  readonly network: PodNetwork;
  /** Aborted when the runtime hangs up. */
  readonly signal: AbortSignal;
}

/** Runs one ADD. @returns canonical addresses of the NIC, sorted; `undefined` if it failed */
export async function callAdd(
  { clock, trace, checker }: SimDeps,
  node: NodeRuntime,
  { sandbox, nic, network, signal }: AddCall,
): Promise<readonly string[] | undefined> {
  const startMs = clock.now();
  const what = `ADD ${textOf(sandbox)} ${nic}`;
  trace.add("kubelet", `${what} at ${node.name}`);
  try {
    const response = await node.add(addArgs(sandbox, nic, network), signal);
    const addresses = addressesOf(response, nic);
    trace.add("kubelet", `${what} ok: ${addresses.join(" ")}`);
    return addresses;
  } catch (err) {
    trace.add("kubelet", `${what} failed: ${messageOf(err)}`);
    if (node.isOurs && err instanceof IpamError) checkRefusal(err, { checker, startMs, sandbox });
    return undefined;
  } finally {
    expectInTime(what, clock.now() - startMs, ADD_LIMIT_MS);
  }
}

/** Runs one DEL. @returns whether it succeeded */
export async function callDel(
  { clock, trace }: SimDeps,
  node: NodeRuntime,
  { sandbox, nic, isAnonymous }: { readonly sandbox: SandboxRef; readonly nic: string; readonly isAnonymous: boolean },
): Promise<boolean> {
  const startMs = clock.now();
  const what = `DEL ${textOf(sandbox)} ${nic}${isAnonymous ? " without UID" : ""}`;
  trace.add("kubelet", `${what} at ${node.name}`);
  try {
    await node.release(delArgs(sandbox, nic, isAnonymous), new AbortController().signal);
    trace.add("kubelet", `${what} ok`);
    return true;
  } catch (err) {
    trace.add("kubelet", `${what} failed: ${messageOf(err)}`);
    return false;
  } finally {
    expectInTime(what, clock.now() - startMs, DEL_LIMIT_MS);
  }
}

function addArgs({ podName, podUid, containerId }: SandboxRef, nic: string, { cniPools }: PodNetwork): IpamAddArgs {
  const { v4, v6 } = cniPools[nic] ?? {};
  return {
    containerID: containerId,
    ifName: nic,
    netNamespace: `/run/netns/${containerId}`,
    podNamespace: NAMESPACE,
    podName,
    podUID: podUid,
    ...(v4 !== undefined && { defaultIPv4IPPool: [...v4] }),
    ...(v6 !== undefined && { defaultIPv6IPPool: [...v6] }),
  };
}

function delArgs({ podName, podUid, containerId }: SandboxRef, nic: string, isAnonymous: boolean): IpamDelArgs {
  return { containerID: containerId, ifName: nic, podNamespace: NAMESPACE, podName, podUID: isAnonymous ? "" : podUid };
}

function addressesOf({ ips }: IpamAddResponse, nic: string): readonly string[] {
  const own = (ips ?? []).filter((ip) => ip.nic === nic);
  if (own.length === 0) throw new Violation("I7", `an ADD of ${nic} was answered without an address for it`);
  return own.map(({ address }) => formatAddress(parseAddress(address.split("/")[0]!))).sort();
}

/** A pool that is called full was full at some moment of the request. */
function checkRefusal(
  { reasons }: IpamError,
  { checker, startMs, sandbox }: { checker: SimDeps["checker"]; startMs: number; sandbox: SandboxRef },
): void {
  for (const { pool, reason } of reasons) {
    if (reason.code !== "used-out" || checker.mirror.wasFullSince(pool, startMs)) continue;
    throw new Violation("truthful", `${textOf(sandbox)} was told that ${pool} is full`, [sandbox.podName, pool]);
  }
}

function expectInTime(what: string, tookMs: number, limitMs: number): void {
  if (tookMs <= limitMs) return;
  throw new Violation("I4", `${what} took ${Math.round(tookMs)} ms, more than ${limitMs} ms`, [what]);
}

function textOf({ podName, podUid, containerId }: SandboxRef): string {
  return `${podName} ${podUid.slice(0, 4)} ${containerId}`;
}

function messageOf(err: unknown): string {
  return err instanceof Error ? err.message.slice(0, 160) : String(err);
}
