/** The coordinator is ended between any two steps: DEL leaves nothing on the node, and the next ADD works. */
import assert from "node:assert/strict";
import { applyStep, formatStep, StepRun } from "../../net/steps/mod.ts";
import { hostVethName } from "../../plugins/coordinator/names.ts";
import { observeRemoval } from "../../plugins/coordinator/observe_removal.ts";
import { planRemoval } from "../../plugins/coordinator/plan_removal.ts";
import { routableAddresses } from "../../plugins/coordinator/addresses.ts";
import {
  type CoordinateOptions,
  CoordinatorStage,
  ipText,
  reaches,
  type StagedPod,
} from "../shared/coordinator_stage.ts";
import { needsNetns, type TestNetns } from "../shared/netns.ts";
import { firstReason, needsCommand, testUnless } from "../shared/skip.ts";
import { withoutCarrier } from "./undo_case.ts";

/** A Pod that its main plugin has made, and the link that is to be coordinated. */
interface Scenario {
  readonly name: string;
  readonly ifname: string;
  readonly options?: CoordinateOptions;
  readonly build: (stage: CoordinatorStage) => StagedPod;
  /** What the runtime calls before: DEL of one link takes the pair of all. */
  readonly again?: (stage: CoordinatorStage, pod: StagedPod) => unknown;
}

function macvlanPod(stage: CoordinatorStage): StagedPod {
  const pod = stage.addPod();
  const prefixes = ["172.22.17.50/20", "fd22:16::1750/64"];
  stage.addMacvlan(pod, { name: "eth0", parent: "ens5", prefixes, gateways: ["172.22.16.1", "fd22:16::1"] });
  return pod;
}

const conf = { podMACPrefix: "0a:1b", txQueueLen: 2000, vethLinkAddress: "169.254.100.1" };
const scenarios: readonly Scenario[] = [
  { name: "underlay, first link", ifname: "eth0", build: macvlanPod, options: { conf } },
  {
    name: "underlay, second link",
    ifname: "net1",
    build(stage) {
      const pod = macvlanPod(stage);
      stage.coordinate(pod);
      stage.addMacvlan(pod, { name: "net1", parent: "ens6", prefixes: ["10.77.0.50/24"], gateways: ["10.77.0.1"] });
      return pod;
    },
    again: (stage, pod) => stage.coordinate(pod),
  },
  {
    name: "overlay, second link as the default",
    ifname: "net1",
    options: { conf: { podDefaultRouteNic: "net1" } },
    build(stage) {
      const pod = stage.addPod();
      stage.addOverlayLink(pod, { host: "cali0a1b2c3d4e5", address: "10.160.4.23" });
      const prefixes = ["172.22.17.51/20", "fd22:16::1751/64"];
      stage.addMacvlan(pod, { name: "net1", parent: "ens5", prefixes, gateways: ["172.22.16.1", "fd22:16::1"] });
      return pod;
    },
  },
];

/** An address that the node still knows of another Pod: what it knew is replaced. */
const reused: Scenario = {
  name: "underlay, with an address that another Pod had",
  ifname: "eth0",
  options: { conf },
  build(stage) {
    const { node } = stage;
    const other = stage.addPod();
    stage.addOverlayLink(other, { host: "cali0a1b2c3d4e5", address: "10.160.4.23" });
    for (const link of ["cali0a1b2c3d4e5", "ens6"]) {
      node.ip(..."neigh add 172.22.17.50 lladdr 02:00:00:00:00:77 nud permanent dev".split(" "), link);
    }
    node.ip(..."neigh add fd22:16::1750 lladdr 02:00:00:00:00:77 nud permanent dev ens5".split(" "));
    node.ip(..."route add 172.22.17.50 dev cali0a1b2c3d4e5 table 500 proto static mtu 1400".split(" "));
    node.ip(..."-6 route add unreachable fd22:16::1750 table 500 metric 1024".split(" "));
    const pod = macvlanPod(stage);
    pod.netns.ip(..."route add 10.160.0.0/16 via 172.22.16.1".split(" "));
    pod.netns.ip(..."route add unreachable 10.150.0.0/16".split(" "));
    return pod;
  },
};

/** Everything of a netns that the plugin may change; what the kernel learns by itself is left out. */
function stateOf(netns: TestNetns): string[] {
  const byKernel = / (table local|anycast|multicast)|^(local|broadcast|anycast|multicast) /;
  return [
    ...ipText(netns, "-o", "link").map((line) => withoutCarrier(line.replace(/ link-netnsid \d+| link-netns \S+/, ""))),
    ...ipText(netns, "-o", "addr").filter((line) => !line.includes("fe80:")).map((line) => line.replace(/^\d+: /, "")),
    ...ipText(netns, "route", "show", "table", "all").filter((line) => !byKernel.test(line)).sort(),
    ...ipText(netns, "-6", "route", "show", "table", "all").filter((line) => !byKernel.test(line)).sort(),
    ...ipText(netns, "rule").concat(ipText(netns, "-6", "rule")).filter((line) => !line.endsWith("lookup 500")), // is shared
    ...ipText(netns, "neigh", "show", "nud", "permanent").sort(),
  ];
}

/** Without the pair and what is by it. */
function withoutVeth(state: readonly string[], { containerId }: StagedPod): string[] {
  return state.filter((line) => !line.includes(hostVethName(containerId)));
}

function stepsOf(stage: CoordinatorStage, pod: StagedPod, { ifname, options }: Scenario) {
  return stage.plan(pod, { ifname, ...options }).steps.map(({ step }) => step);
}

/** As DEL does it. */
function remove(stage: CoordinatorStage, pod: StagedPod, { ifname }: Scenario): void {
  using opened = stage.open(pod);
  const { host, pod: inner } = opened.kernel;
  const leaving = {
    containerId: pod.containerId,
    addresses: routableAddresses(inner.netlink.addresses(), inner.netlink.linkByName(ifname).index),
    firstLink: inner.netlink.tryLinkByName("eth0"),
  };
  const steps = planRemoval({ ...leaving, host: observeRemoval(host.netlink, leaving) });
  for (const step of steps) applyStep(step, opened.kernel);
}

for (const scenario of scenarios) {
  testUnless(firstReason(needsNetns(), needsCommand("ping")), {
    name: `${scenario.name}: ended before any step, DEL leaves nothing on the node and ADD works again`,
    fn() {
      for (let done = 0, count = 1; done <= count; done++) {
        using stage = new CoordinatorStage();
        const pod = scenario.build(stage);
        const before = stateOf(stage.node);
        const steps = stepsOf(stage, pod, scenario);
        count = steps.length;
        {
          using opened = stage.open(pod);
          new StepRun(opened.kernel).apply(steps.slice(0, done));
        }
        remove(stage, pod, scenario);
        assert.deepEqual(stateOf(stage.node), withoutVeth(before, pod), `DEL after ${done} of ${count} steps`);
        scenario.again?.(stage, pod);
        stage.coordinate(pod, { ifname: scenario.ifname, ...scenario.options });
        assert.deepEqual(stepsOf(stage, pod, scenario).map(formatStep), [], `ADD after ${done} of ${count} steps`);
        assert.ok(reaches(pod.netns, "10.150.0.1"), `ADD after ${done} of ${count} steps`);
      }
    },
  });
}

for (const scenario of [...scenarios, reused]) {
  testUnless(needsNetns(), {
    name: `${scenario.name}: a step that fails takes all before it back`,
    fn() {
      using stage = new CoordinatorStage();
      const pod = scenario.build(stage);
      const before = [...stateOf(pod.netns), ...stateOf(stage.node)];
      // the rules that Pods share stay: a plan gets shorter
      for (let failing = 0; failing < stepsOf(stage, pod, scenario).length; failing++) {
        let at = 0;
        const watcher = () => {
          if (at++ === failing) throw new Error("no more");
        };
        const options = { ifname: scenario.ifname, ...scenario.options, watcher };
        assert.throws(() => stage.coordinate(pod, options), { name: "StepError", message: /: no more$/ });
        assert.deepEqual([...stateOf(pod.netns), ...stateOf(stage.node)], before, `step ${failing}`);
      }
    },
  });
}
