import {
  type CallFrame,
  CPU_INTERVAL_US,
  type CpuProfile,
  HEAP_INTERVAL_BYTES,
  type HeapProfileNode,
} from "./inspector.ts";
import type { Frame, ProfileData, ProfileSample } from "./pprof.ts";

/** The root of every tree: no function. */
const ROOT = "(root)";
/** The process waits. Go's CPU profiles do not show that either. */
const IDLE = "(idle)";

const NANOS_PER_US = 1000;
const US_PER_MS = 1000;

/**
 * A CPU profile of V8 as pprof's `samples` and `cpu`, as a Go program has them.
 *
 * @param takenAt milliseconds since the epoch
 */
export function cpuProfileData(profile: CpuProfile, takenAt: number): ProfileData {
  const stacks = stacksOf(profile);
  const totals = totalsOf(profile);
  const samples = [...totals].flatMap(([id, { count, us }]): ProfileSample[] => {
    const stack = stacks.get(id) ?? [];
    if (stack.length === 0 || stack[0]?.name === IDLE) return [];
    return [{ stack, values: [count, us * NANOS_PER_US] }];
  });
  return {
    types: [{ type: "samples", unit: "count" }, { type: "cpu", unit: "nanoseconds" }],
    samples,
    period: { type: "cpu", unit: "nanoseconds", value: CPU_INTERVAL_US * NANOS_PER_US },
    takenAt,
    durationMs: Math.max(0, profile.endTime - profile.startTime) / US_PER_MS,
  };
}

/** How often each node was seen and for how many microseconds: a sample lasts until the next one. */
function totalsOf({ samples = [], timeDeltas = [], startTime, endTime }: CpuProfile) {
  const totals = new Map<number, { count: number; us: number }>();
  let at = startTime;
  samples.forEach((id, i) => {
    at += timeDeltas[i] ?? 0;
    const us = timeDeltas[i + 1] ?? endTime - at;
    const total = totals.get(id) ?? { count: 0, us: 0 };
    total.count++;
    total.us += Math.max(0, us); // V8 may note samples out of order
    totals.set(id, total);
  });
  return totals;
}

/** The frames of each node, the innermost first. */
function stacksOf({ nodes }: CpuProfile): Map<number, readonly Frame[]> {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, frameOf(callFrame)]));
  const stacks = new Map<number, readonly Frame[]>();
  for (const { id } of nodes) {
    const stack: Frame[] = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = frames.get(at);
      if (frame !== undefined && frame.name !== ROOT) stack.push(frame);
    }
    stacks.set(id, stack);
  }
  return stacks;
}

/**
 * A sampled heap of V8 as pprof's `inuse_space`.
 *
 * @param span when it was taken, in milliseconds since the epoch, and for how long allocations were looked at
 */
export function heapProfileData(
  head: HeapProfileNode,
  { takenAt, durationMs }: { readonly takenAt: number; readonly durationMs: number },
): ProfileData {
  const samples: ProfileSample[] = [];
  const open: { node: HeapProfileNode; stack: readonly Frame[] }[] = [{ node: head, stack: [] }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const frame = frameOf(next.node.callFrame);
    const stack = frame.name === ROOT ? next.stack : [frame, ...next.stack];
    if (next.node.selfSize > 0) samples.push({ stack, values: [next.node.selfSize] });
    for (const node of next.node.children) open.push({ node, stack });
  }
  return {
    types: [{ type: "inuse_space", unit: "bytes" }],
    samples,
    period: { type: "space", unit: "bytes", value: HEAP_INTERVAL_BYTES },
    takenAt,
    durationMs,
  };
}

function frameOf({ functionName, url, lineNumber }: CallFrame): Frame {
  return { name: functionName || "(anonymous)", file: url, line: Math.max(0, lineNumber + 1) };
}
