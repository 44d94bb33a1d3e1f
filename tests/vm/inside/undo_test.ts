/** Steps that make VLANs and bonds are taken back, and the links below them are as they were. */
import assert from "node:assert/strict";
import { type Step, StepRun } from "../../../net/steps/mod.ts";
import { UndoStage } from "../../kernel/undo_case.ts";
import { needsLinkKind, type OptionalKind } from "../../shared/link_kinds.ts";
import { testUnless } from "../../shared/skip.ts";

const change = { do: "changeLink", place: "host", link: "eth0" } as const;
const bond: Step = { do: "createBond", place: "host", link: "bond7", bond: { mode: 1, mtu: 1400, options: {} } };

const cases: readonly { kind: OptionalKind; name: string; steps: readonly Step[] }[] = [
  {
    kind: "vlan",
    name: "a VLAN",
    steps: [{ do: "createVlan", place: "host", link: "eth0.7", parent: "eth0", id: 7 }],
  },
  { kind: "bond", name: "a bond", steps: [bond] },
  {
    kind: "bond",
    name: "a bond with a member that was up",
    steps: [
      bond,
      { ...change, to: { up: false }, from: { up: true } },
      { ...change, to: { master: "bond7" }, from: { master: "" } },
      { ...change, to: { up: true }, from: { up: false } },
      { ...change, link: "bond7", to: { up: true }, from: { up: false } },
      { do: "activateMember", place: "host", link: "bond7", member: "eth0" },
    ],
  },
];
for (const { kind, name, steps } of cases) {
  testUnless(needsLinkKind(kind), {
    name: `${name} is taken back: addresses and routes of the link below are there again`,
    fn() {
      using stage = new UndoStage();
      const commands = [
        "link add eth0 address 02:00:00:00:00:77 up type veth peer name eth1",
        "link set eth1 up",
        "addr add fd00::5/64 dev eth0 nodad",
        "route add 10.8.0.1 dev eth0",
        "-6 route add fd09::/64 via fd00::1 dev eth0 table 77",
      ];
      for (const command of commands) stage.host.ip(...command.split(" "));
      const before = stage.state();
      const run = new StepRun(stage.kernel);
      run.apply(steps);
      assert.notDeepEqual(stage.state(), before);
      assert.deepEqual(run.undo(), []);
      assert.deepEqual(stage.state(), before);
    },
  });
}
