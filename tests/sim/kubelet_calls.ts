import { IpamError } from "../../crd/ipam/errors.ts";
import { NAMESPACE } from "./cluster.ts";
import { addArgs, addressesOf, canonical, delArgs, type SandboxRef } from "./kubelet_args.ts";
import type { NodeRuntime } from "./node_runtime.ts";
import type { PodNetwork } from "./pool_specs.ts";
import type { SimClock } from "./sim_clock.ts";
import type { SimDeps } from "./sim_deps.ts";
import { Violation } from "./violation.ts";

/** How long an ADD may take: its deadline, giving back, and a second for the way. In milliseconds. */
const ADD_LIMIT_MS = 30_000 + 10_000 + 1_000;
/** How much longer where an agent is slow: a write that was under way at the deadline is waited for before giving back. */
const SLOW_ADD_MS = 10_000;
/** How long a DEL may take: its deadline, a write that was under way then, and a second for the way. In milliseconds. */
const DEL_LIMIT_MS = 30_000 + 10_000 + 1_000;

/** How long the runtime waits for a CHECK, in milliseconds. */
const CHECK_PATIENCE_MS = 10_000;

/** Why nobody watches the time of a call any more. */
const over = new Error("Cannot hang up: the call is over");

/** What became of an ADD: canonical addresses of the NIC, sorted; a refusal with reasons; anything else that failed. */
export type AddOutcome =
  | { readonly kind: "ok"; readonly addresses: readonly string[] }
  | { readonly kind: "refused" | "failed"; readonly message: string };

/** One ADD as the runtime asks for it. */
export interface AddCall {
  readonly sandbox: SandboxRef;
  readonly nic: string;
  readonly network: PodNetwork;
  /** Aborted when the runtime hangs up. */
  readonly signal: AbortSignal;
}

/** Runs one ADD. @throws {Violation} */
export async function callAdd(
  { clock, trace, checker, drag }: SimDeps,
  node: NodeRuntime,
  { sandbox, nic, network, signal }: AddCall,
): Promise<AddOutcome> {
  const startMs = clock.now();
  const what = `ADD ${textOf(sandbox)} ${nic}`;
  trace.add("kubelet", `${what} at ${node.name}`);
  try {
    const response = await node.add(addArgs(sandbox, nic, network), signal);
    const addresses = addressesOf(response, nic);
    trace.add("kubelet", `${what} ok: ${addresses.join(" ")}`);
    return { kind: "ok", addresses };
  } catch (err) {
    if (err instanceof Violation) throw err;
    const message = messageOf(err);
    trace.add("kubelet", `${what} failed: ${message}`);
    if (!(err instanceof IpamError)) return { kind: "failed", message };
    if (node.isOurs) checkRefusal(err, { checker, startMs, sandbox });
    return { kind: err.code === "retries-exhausted" ? "failed" : "refused", message };
  } finally {
    const graceMs = drag.wasAnySince(startMs) ? SLOW_ADD_MS : 0;
    expectInTime(what, clock.now() - startMs, ADD_LIMIT_MS + graceMs);
  }
}

/** Runs one DEL. @returns whether it succeeded */
export async function callDel(
  deps: SimDeps,
  node: NodeRuntime,
  { sandbox, nic, isAnonymous }: { readonly sandbox: SandboxRef; readonly nic: string; readonly isAnonymous: boolean },
): Promise<boolean> {
  const what = `DEL ${textOf(sandbox)} ${nic}${isAnonymous ? " without UID" : ""}`;
  deps.trace.add("kubelet", `${what} at ${node.name}`);
  const done = await observed(deps, what, async () => {
    await node.release(delArgs(sandbox, nic, isAnonymous), new AbortController().signal);
    return [];
  });
  return done !== undefined;
}

/** Runs one CHECK as the plugin does. @returns addresses that it knows of the NIC; `undefined` if it could not be asked */
export function callCheck(
  deps: SimDeps,
  node: NodeRuntime,
  { sandbox, nic }: { readonly sandbox: SandboxRef; readonly nic: string },
): Promise<readonly string[] | undefined> {
  return observed(deps, `CHECK ${textOf(sandbox)} ${nic}`, async () => {
    const key = { namespace: NAMESPACE, name: sandbox.podName };
    const status = await within(deps.clock, CHECK_PATIENCE_MS, async (signal) => await node.endpoint?.(key, signal));
    const own = (status?.interfaces ?? []).filter((link) => link.interface === nic);
    const texts = own.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6]);
    return texts.flatMap((text) => text ? [canonical(text)] : []).sort();
  });
}

/** Reports a conflict as the plugin does. */
export async function callConflict(
  deps: SimDeps,
  node: NodeRuntime,
  { sandbox, nic, address }: { readonly sandbox: SandboxRef; readonly nic: string; readonly address: string },
): Promise<void> {
  const what = `conflict of ${address}, ${textOf(sandbox)} ${nic}`;
  deps.trace.add("kubelet", `${what} at ${node.name}`);
  await observed(deps, what, async () => {
    const { podName, podUid: podUID, containerId: containerID } = sandbox;
    const args = { podNamespace: NAMESPACE, podName, podUID, containerID, conflictIPs: [{ ip: address, nic }] };
    await node.conflict?.(args, new AbortController().signal);
    return [];
  });
}

/** Runs a call that may fail, and has to end in time. @returns the addresses it gave; `undefined` if it failed */
async function observed(
  { clock, trace }: SimDeps,
  what: string,
  call: () => Promise<readonly string[]>,
): Promise<readonly string[] | undefined> {
  const startMs = clock.now();
  try {
    const addresses = await call();
    trace.add("kubelet", `${what} ok${addresses.length > 0 ? `: ${addresses.join(" ")}` : ""}`);
    return addresses;
  } catch (err) {
    trace.add("kubelet", `${what} failed: ${messageOf(err)}`);
    return undefined;
  } finally {
    expectInTime(what, clock.now() - startMs, DEL_LIMIT_MS);
  }
}

/** Runs `call` for a caller who hangs up after `ms`. */
async function within<T>(clock: SimClock, ms: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const [hangUp, answered] = [new AbortController(), new AbortController()];
  clock.sleep(ms, answered.signal).then(() => hangUp.abort(new Error("the caller hung up")), () => undefined);
  try {
    return await call(hangUp.signal);
  } finally {
    answered.abort(over); // without a reason each one would make a DOMException
  }
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
  return err instanceof Error ? err.message.slice(0, 600) : String(err);
}
