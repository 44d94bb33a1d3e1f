import assert from "node:assert/strict";
import { openNetns } from "../../net/host/mod.ts";
import { formatStep, openStepNetns, type Step, type StepKernel, StepRun } from "../../net/steps/mod.ts";
import { ipText } from "../shared/coordinator_stage.ts";
import { assertNoLeak, needsNetns, TestNetns } from "../shared/netns.ts";
import { openDescriptors } from "../../net/ffi/mod.ts";
import { testUnless } from "../shared/skip.ts";

/** A step that is made and taken back on a node with links `eth0` and `eth1`, which are each other's other end. */
export interface UndoCase {
  readonly name: string;
  /** What was there before, as arguments of ip(8). */
  readonly before?: readonly string[];
  readonly step: Step;
  /** Whether the step finds nothing to change. @default {false} */
  readonly idle?: boolean;
}

/** Addresses that all cases start with. */
const start = [
  "link add eth0 type veth peer name eth1",
  "addr add 10.0.0.5/24 dev eth0",
  "addr add 10.0.1.5/24 dev eth1",
  "addr add fd00::5/64 dev eth0 nodad",
  "addr add fd01::5/64 dev eth1 nodad",
  "link set eth0 up",
  "link set eth1 up",
  "link set lo up",
];

/** Settings of the kernel that steps of the cases write. */
const sysctls = [
  "net/ipv4/conf/eth0/rp_filter",
  "net/ipv6/conf/all/disable_ipv6",
  "net/ipv6/conf/default/disable_ipv6",
  "net/ipv6/conf/eth0/disable_ipv6",
  "net/ipv6/conf/eth1/disable_ipv6",
];

/** Registers a test that what was there before `step` is there again when it was taken back, as ip(8) sees it. */
export function undoTest({ name, before = [], step, idle = false }: UndoCase): void {
  testUnless(needsNetns(), {
    name: `undo of \`${formatStep(step)}\` puts back ${name}`,
    fn() {
      const descriptors = new Set(openDescriptors());
      {
        using stage = new UndoStage();
        for (const command of [...start, ...before]) stage.host.ip(...command.split(" "));
        const found = stage.state();
        const run = new StepRun(stage.kernel);
        run.apply([step]);
        assert.equal(stage.state().join("\n") === found.join("\n"), idle, "whether the step changed anything");
        assert.deepEqual(run.undo(), []);
        assert.deepEqual(stage.state(), found);
      }
      assertNoLeak(descriptors);
    },
  });
}

/** Two netns for steps. */
export class UndoStage implements Disposable {
  readonly #resources = new DisposableStack();
  readonly host: TestNetns;
  readonly pod: TestNetns;
  readonly kernel: StepKernel;

  constructor() {
    this.host = this.#resources.use(new TestNetns());
    this.pod = this.#resources.use(new TestNetns());
    const [host, pod] = [this.host, this.pod].map(({ path }) =>
      this.#resources.use(openStepNetns(this.#resources.use(openNetns(path))))
    );
    if (host === undefined || pod === undefined) throw new Error("Cannot open two netns");
    this.kernel = { host, pod };
  }

  /** Everything that steps change, one line each. */
  state(): string[] {
    return [...linesOf(this.host), ...linesOf(this.pod), ...this.#settings()];
  }

  #settings(): string[] {
    return sysctls.map((key) => `${key}=${this.kernel.host.readSysctl(key) ?? "none"}`);
  }

  [Symbol.dispose](): void {
    this.#resources.dispose();
  }
}

/** A line of ip(8) without what tells of a carrier: the kernel finds that out in its own time. */
export function withoutCarrier(line: string): string {
  return line.replace(/<[^>]*>/, (flags) => flags.replaceAll(/NO-CARRIER,|,LOWER_UP|,M-DOWN/g, ""))
    .replaceAll(/ qdisc \S+| state \S+| dead\b| linkdown\b/g, "");
}

function linesOf(netns: TestNetns): string[] {
  const byKernel = /(^| )(fe80:|ff00:|local|broadcast|anycast|multicast)|table local/;
  const show = (...args: readonly string[]) => ipText(netns, ...args).map(withoutCarrier);
  return [
    ...show("-o", "link"),
    ...show("-o", "addr").filter((line) => !line.includes("fe80:")).map((line) =>
      line.replace(/ tentative| nodad/g, "")
    ),
    ...show("-4", "route", "show", "table", "all").filter((line) => !byKernel.test(line)),
    ...show("-6", "route", "show", "table", "all").filter((line) => !byKernel.test(line)).sort(),
    ...show("rule"),
    ...show("-6", "rule"),
    // whether an address that was learned is fresh is the kernel's to find out
    ...show("neigh", "show", "nud", "all").filter((line) =>
      line.includes("lladdr") && !/lladdr (33:33|01:00|00:00|ff:ff)/.test(line)
    )
      .map((line) => line.replace(/REACHABLE|DELAY|PROBE/, "STALE").replace(/ proto \S+/, "")).sort(),
  ];
}
