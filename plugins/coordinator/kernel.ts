import { NetnsError, openCurrentNetns, openNetns } from "../../net/host/mod.ts";
import { openStepNetns, type StepKernel, type StepNetns } from "../../net/steps/mod.ts";

/** Both namespaces of a call, open. */
export type OpenKernel = StepKernel & Disposable;

/** Opens the node's netns, in which this process is, and the Pod's. @throws {NetnsError} @throws {SyscallError} */
export function openKernel(podPath: string): OpenKernel {
  using resources = new DisposableStack();
  const pod = resources.use(openStepNetns(resources.use(openNetns(podPath))));
  const host = resources.use(openStepNetns(resources.use(openCurrentNetns())));
  const kept = resources.move();
  return { pod, host, [Symbol.dispose]: () => kept.dispose() };
}

/** Opens the node's netns alone. @throws {SyscallError} */
export function openHost(): StepNetns & Disposable {
  using resources = new DisposableStack();
  const host = resources.use(openStepNetns(resources.use(openCurrentNetns())));
  const kept = resources.move();
  return { ...host, [Symbol.dispose]: () => kept.dispose() };
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
