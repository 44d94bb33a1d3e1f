/**
 * V8's profilers, by the inspector protocol inside this process: no port is opened, and nothing is loaded before it is used.
 * Needs the permission `sys` (`inspector`). Source: chromedevtools.github.io/devtools-protocol/v8/.
 */

/** Where a node of a profile stands; lines count from 0, -1 where there is no source. */
export interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** `Profiler.Profile`. Times are in microseconds of a monotonic clock. */
export interface CpuProfile {
  readonly nodes: readonly CpuProfileNode[];
  readonly startTime: number;
  readonly endTime: number;
  /** IDs of the nodes that ran. */
  readonly samples?: readonly number[];
  /** From the sample before, for the first one from `startTime`. */
  readonly timeDeltas?: readonly number[];
}

/** `Profiler.ProfileNode`. */
export interface CpuProfileNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly children?: readonly number[];
}

/** `HeapProfiler.SamplingHeapProfileNode`; `selfSize` is in bytes, scaled up from the samples. */
export interface HeapProfileNode {
  readonly callFrame: CallFrame;
  readonly selfSize: number;
  readonly children: readonly HeapProfileNode[];
}

/** How long to look. */
export interface ProfileSpan {
  /** Ends the wait; it may end early. */
  readonly wait: () => Promise<void>;
}

/** What V8 tells of this process. */
export interface Inspector {
  /** Samples what runs while `wait` lasts. */
  cpuProfile(span: ProfileSpan): Promise<CpuProfile>;
  /** What is allocated while `wait` lasts and still needed after a full collection: the root of its tree. */
  heapProfile(span: ProfileSpan): Promise<HeapProfileNode>;
  /** Runs a full collection. */
  collectGarbage(): Promise<void>;
}

/** Between two samples of the CPU, in microseconds. */
export const CPU_INTERVAL_US = 2000;
/** Bytes allocated between two samples of the heap. */
export const HEAP_INTERVAL_BYTES = 32 * 1024;

/** {@linkcode Inspector} of this process. */
export const ownInspector: Inspector = {
  cpuProfile({ wait }) {
    return withSession(async (post) => {
      await post("Profiler.enable");
      await post("Profiler.setSamplingInterval", { interval: CPU_INTERVAL_US });
      await post("Profiler.start");
      await wait();
      return (await post("Profiler.stop") as { profile: CpuProfile }).profile;
    });
  },
  heapProfile({ wait }) {
    return withSession(async (post) => {
      await post("HeapProfiler.enable");
      await post("HeapProfiler.startSampling", { samplingInterval: HEAP_INTERVAL_BYTES });
      await wait();
      await post("HeapProfiler.collectGarbage");
      return (await post("HeapProfiler.stopSampling") as { profile: { head: HeapProfileNode } }).profile.head;
    });
  },
  collectGarbage() {
    return withSession(async (post) => {
      await post("HeapProfiler.enable");
      await post("HeapProfiler.collectGarbage");
    });
  },
};

type Post = (method: string, params?: object) => Promise<unknown>;

async function withSession<T>(use: (post: Post) => Promise<T>): Promise<T> {
  const { Session } = await import("node:inspector");
  const session = new Session();
  const awake = setInterval(() => {}, 1000); // V8 answers collectGarbage from a task that does not keep the event loop alive
  session.connect();
  try {
    return await use((method, params = {}) =>
      new Promise((resolve, reject) => {
        session.post(method, params, (err: unknown, result: unknown) => err ? reject(errorOf(err)) : resolve(result));
      })
    );
  } finally {
    clearInterval(awake);
    session.disconnect();
  }
}

function errorOf(err: unknown): Error {
  const message = typeof err === "object" && err !== null && "message" in err ? String(err.message) : String(err);
  return new Error(`Cannot profile: ${message}`, { cause: err });
}
