import { NetnsError, openNetns } from "../../net/host/mod.ts";
import { openOwnStepNetns, openStepNetns, type StepKernel } from "../../net/steps/mod.ts";

/** Both namespaces of a call, open. */
export type OpenKernel = StepKernel & Disposable;

/** Opens the node's netns, in which this process is, and the Pod's. @throws {NetnsError} @throws {SyscallError} */
export function openKernel(podPath: string): OpenKernel {
  using resources = new DisposableStack();
  const pod = resources.use(openStepNetns(resources.use(openNetns(podPath))));
  const host = resources.use(openOwnStepNetns());
  const kept = resources.move();
  return { pod, host, [Symbol.dispose]: () => kept.dispose() };
}

/** Like {@linkcode openKernel}, but `undefined` if there is no netns at `podPath` (any more). */
export function tryOpenKernel(podPath: string): OpenKernel | undefined {
  if (podPath === "") return undefined;
  try {
    return openKernel(podPath);
  } catch (err) {
    if (err instanceof NetnsError) return undefined;
    throw err;
  }
}
