import { parseAddress, parsePrefix } from "../../net/ip/mod.ts";
import type { StepRoute } from "../../net/steps/mod.ts";
import { type UndoCase, undoTest } from "./undo_case.ts";

const host4: StepRoute = { destination: parsePrefix("10.9.0.1/32"), link: "eth0", table: 500 };
const host6: StepRoute = { destination: parsePrefix("fd09::1/128"), link: "eth0", table: 500 };
const by4: StepRoute = {
  destination: parsePrefix("10.9.0.0/16"),
  gateway: parseAddress("10.0.0.1"),
  link: "eth0",
  table: 254,
};
const by6: StepRoute = { destination: parsePrefix("::/0"), gateway: parseAddress("fd00::1"), link: "eth0", table: 254 };

const add = { do: "addRoute", place: "host" } as const;
const replace = { do: "replaceRoute", place: "host" } as const;
const remove = { do: "deleteRoute", place: "host" } as const;

const cases: readonly UndoCase[] = [
  { name: "nothing", step: { ...add, route: host4 } },
  { name: "nothing", step: { ...add, route: host6 } },
  {
    name: "the way by another link",
    before: ["route add 10.9.0.1 dev eth1 table 500"],
    step: { ...add, route: host4 },
  },
  {
    name: "the way by another link",
    before: ["-6 route add fd09::1 dev eth1 table 500"],
    step: { ...add, route: host6 },
  },
  {
    name: "source, MTU and protocol",
    before: ["route add 10.9.0.0/16 via 10.0.1.1 src 10.0.1.5 mtu 1300 proto static"],
    step: { ...add, route: by4 },
  },
  {
    name: "that it is unreachable",
    before: ["route add unreachable 10.9.0.1 table 500"],
    step: { ...add, route: host4 },
  },
  {
    name: "that it is unreachable",
    before: ["-6 route add unreachable fd09::1 table 500 metric 1024"],
    step: { ...add, route: host6 },
  },
  {
    name: "several ways",
    before: ["-6 route add default nexthop via fd00::2 dev eth0 nexthop via fd01::2 dev eth1 weight 3"],
    step: { ...add, route: by6 },
  },
  {
    name: "several ways",
    before: ["route add 10.9.0.0/16 nexthop via 10.0.0.2 dev eth0 nexthop via 10.0.1.2 dev eth1 weight 3"],
    step: { ...add, route: by4 },
  },
  {
    name: "the same way of a better metric",
    before: ["-6 route add default via fd00::1 dev eth0 metric 100"],
    step: { ...add, route: by6 },
  },
  {
    name: "the same way of a worse metric",
    before: ["route add 10.9.0.0/16 via 10.0.0.1 dev eth0 metric 100"],
    step: { ...add, route: by4 },
  },
  {
    name: "the route beside which it was put",
    before: ["route add 10.9.0.1 dev eth1 table 500"],
    step: { ...add, route: host4, append: true },
  },
  {
    name: "the other way beside which it was put",
    before: ["-6 route add default via fd01::1 dev eth1"],
    step: { ...add, route: by6, append: true },
  },
  {
    name: "the very same route",
    before: ["route add 10.9.0.1 dev eth0 table 500"],
    step: { ...add, route: host4, append: true },
    idle: true,
  },
  { name: "nothing", step: { ...replace, route: by4 } },
  { name: "another gateway", before: ["route add 10.9.0.0/16 via 10.0.1.1"], step: { ...replace, route: by4 } },
  { name: "another gateway", before: ["-6 route add default via fd01::1 dev eth1"], step: { ...replace, route: by6 } },
  {
    name: "two of one metric, in their order",
    before: ["route add 10.9.0.0/16 via 10.0.1.1", "route append 10.9.0.0/16 via 10.0.1.2"],
    step: { ...replace, route: by4 },
  },
  {
    name: "the preference of a router",
    before: ["-6 route add default via fd01::1 dev eth1 pref high"],
    step: { ...replace, route: by6 },
  },
  {
    name: "metric and protocol",
    before: ["route add 10.9.0.0/16 via 10.0.0.1 dev eth0 metric 7 proto dhcp"],
    step: { ...remove, route: by4 },
  },
  {
    name: "the first of two",
    before: ["route add 10.9.0.0/16 via 10.0.0.1 dev eth0", "route append 10.9.0.0/16 via 10.0.1.2"],
    step: { ...remove, route: by4 },
  },
  {
    name: "the route, not that of another type of service",
    before: ["route add 10.9.0.0/16 via 10.0.1.2 tos 0x10", "route add 10.9.0.0/16 via 10.0.0.1 dev eth0"],
    step: { ...remove, route: by4 },
  },
  {
    name: "one of several ways",
    before: ["-6 route add default nexthop via fd00::1 dev eth0 nexthop via fd01::2 dev eth1"],
    step: { ...remove, route: by6 },
  },
  { name: "nothing", step: { ...remove, route: by4 }, idle: true },
];
cases.forEach(undoTest);
