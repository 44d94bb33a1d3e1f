import assert from "node:assert/strict";
import { planPreparation } from "./prepare_plan.ts";

const ip = { file: "ip", package: "iproute2" };
const ping = { file: "ping", package: "iputils-ping" };
const bridge = { file: "bridge", package: "iproute2" };

const cases = [
  {
    name: "nothing is missing",
    missing: [],
    isRoot: true,
    hasApt: true,
    want: { install: [], message: "nothing to install" },
  },
  {
    name: "root with apt",
    missing: [ping, ip, bridge],
    isRoot: true,
    hasApt: true,
    want: {
      install: ["iproute2", "iputils-ping"],
      message: "installing iproute2, iputils-ping (missing: ping, ip, bridge)",
    },
  },
  {
    name: "not root",
    missing: [ip],
    isRoot: false,
    hasApt: true,
    want: {
      install: [],
      message: "missing: ip; only root can install packages; what needs Debian's iproute2 is skipped",
    },
  },
  {
    name: "no apt",
    missing: [ip],
    isRoot: true,
    hasApt: false,
    want: { install: [], message: "missing: ip; there is no apt-get here; what needs Debian's iproute2 is skipped" },
  },
];
for (const { name, missing, want, ...ability } of cases) {
  Deno.test(`planPreparation() decides when ${name}`, () => assert.deepEqual(planPreparation(missing, ability), want));
}
