/** Blocks this thread so many milliseconds: for tests that wait for the kernel where nothing else is to run meanwhile. */
export function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
