import { type Netns, openCurrentNetns, readSysctl, tryWriteSysctl, withNetns } from "../host/mod.ts";
import { openRouteNetlink, type RouteNetlink } from "../netlink/mod.ts";
import { type Netfilter, openNetfilter } from "../nftables/mod.ts";
import type { Place } from "./step.ts";

/** One netns that steps act in. */
export interface StepNetns {
  readonly netlink: Omit<RouteNetlink, typeof Symbol.dispose>;
  /** Opened when it is first asked for: most calls do without. */
  netfilter(): Omit<Netfilter, typeof Symbol.dispose>;
  /** An open descriptor of it. */
  readonly fd: number;
  /** `false` if there is no such setting. @throws {SyscallError} */
  writeSysctl(key: string, value: string): boolean;
  /** `undefined` if there is no such setting. @throws {SyscallError} */
  readSysctl(key: string): string | undefined;
}

/** Where each {@linkcode Place} is. */
export type StepKernel = Readonly<Record<Place, StepNetns>>;

/** Opens netlink in `netns`, which must stay open as long as this. @throws {SyscallError} */
export function openStepNetns(netns: Netns): StepNetns & Disposable {
  const netlink = withNetns(netns, () => openRouteNetlink());
  let netfilter: Netfilter | undefined;
  return {
    netlink,
    netfilter: () => netfilter ??= withNetns(netns, () => openNetfilter()),
    fd: netns.fd,
    writeSysctl: (key, value) => withNetns(netns, () => tryWriteSysctl(key, value)),
    readSysctl: (key) => withNetns(netns, () => readSysctl(key)),
    [Symbol.dispose]() {
      netlink[Symbol.dispose]();
      netfilter?.[Symbol.dispose]();
    },
  };
}

/** Like {@linkcode openStepNetns}, in the netns this thread is in. @throws {SyscallError} */
export function openOwnStepNetns(): StepNetns & Disposable {
  using resources = new DisposableStack();
  const own = resources.use(openStepNetns(resources.use(openCurrentNetns())));
  const kept = resources.move();
  return { ...own, [Symbol.dispose]: () => kept.dispose() };
}
