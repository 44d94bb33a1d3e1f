import assert from "node:assert/strict";
import { type FileDescriptor, openDescriptors } from "../../net/ffi/mod.ts";
import { createNamedNetns, deleteNamedNetns, withNetns } from "../../net/host/mod.ts";
import { openRouteNetlink, type RouteNetlink } from "../../net/netlink/mod.ts";
import { firstReason, needsCommand, needsRoot, testUnless } from "./skip.ts";

/** A network namespace for one test, with a name nobody else has. */
export class TestNetns implements Disposable {
  readonly name = `test-${crypto.randomUUID().slice(0, 13)}`;
  readonly path: string;

  constructor() {
    this.path = createNamedNetns(this.name);
  }

  /** Runs `action` inside; synchronous. */
  run<T>(action: () => T): T {
    return withNetns(this.path, action);
  }

  /** Opens routing netlink inside. Close it with `using`. */
  open(): RouteNetlink {
    return this.run(() => openRouteNetlink());
  }

  /**
   * Runs `ip -j -n <this netns> …` and gives its answer, `[]` if it prints none.
   *
   * @throws {Error} with the words of `ip` if it fails
   */
  ip(...args: readonly string[]): unknown {
    const { success, stdout, stderr } = new Deno.Command("ip", { args: ["-j", "-d", "-n", this.name, ...args] })
      .outputSync();
    const decoder = new TextDecoder();
    if (!success) throw new Error(`Cannot run ip ${args.join(" ")}: ${decoder.decode(stderr).trim()}`);
    const text = decoder.decode(stdout).trim();
    return text === "" ? [] : JSON.parse(text);
  }

  [Symbol.dispose](): void {
    deleteNamedNetns(this.name);
  }
}

/** A reason to skip what needs network namespaces and ip(8). */
export function needsNetns(): string | undefined {
  return firstReason(needsRoot(), needsCommand("ip"));
}

/** Body of a {@linkcode netnsTest}. */
export type NetnsTestBody = (netns: TestNetns) => void | Promise<void>;

/**
 * Registers a test that gets a fresh netns and fails when it leaves descriptors open. It is ignored, with the reason in
 * its name, where it cannot run.
 */
export function netnsTest(name: string, body: NetnsTestBody): void {
  testUnless(needsNetns(), {
    name,
    async fn() {
      const before = new Set(openDescriptors());
      {
        using netns = new TestNetns();
        await body(netns);
      }
      assertNoLeak(before);
    },
  });
}

/** Fails, with the place of opening, if descriptors are open that are not in `before`. */
export function assertNoLeak(before: ReadonlySet<FileDescriptor>): void {
  const leaked = openDescriptors().filter((descriptor) => !before.has(descriptor));
  assert.deepEqual(leaked.map((descriptor) => descriptor.opened.stack), []);
}
