import { parseAddress, parsePrefix } from "../../net/ip/mod.ts";
import { parseMac } from "../../net/wire/mod.ts";
import { type UndoCase, undoTest } from "./undo_case.ts";

const mac = parseMac("02:00:00:00:00:01");
const [four, six] = ["10.0.0.9", "fd00::9"].map(parseAddress);
if (four === undefined || six === undefined) throw new Error("Cannot have no address");
const set = { do: "setNeighbor", place: "host", link: "eth0", lladdr: mac } as const;
const forget = { do: "deleteNeighbor", place: "host", link: "eth0" } as const;
const rule = { family: 4, priority: 1000, mark: 1, mask: 1, table: 100 } as const;
const fromPod = { family: 4, source: parsePrefix("10.0.0.9/32"), table: 101 } as const;

const cases: readonly UndoCase[] = [
  { name: "nothing", step: { ...set, destination: four } },
  { name: "nothing", step: { ...set, destination: six } },
  ...["permanent", "stale", "reachable", "noarp"].flatMap((state): UndoCase[] => [
    {
      name: `a ${state} one`,
      before: [`neigh add 10.0.0.9 lladdr 02:00:00:00:00:77 dev eth0 nud ${state}`],
      step: { ...set, destination: four },
    },
    {
      name: `a ${state} one`,
      before: [`neigh add fd00::9 lladdr 02:00:00:00:00:77 dev eth0 nud ${state}`],
      step: { ...forget, destination: six },
    },
  ]),
  {
    name: "who learned it",
    before: ["neigh add 10.0.0.9 lladdr 02:00:00:00:00:77 dev eth0 nud reachable extern_learn"],
    step: { ...set, destination: four },
  },
  {
    name: "that it is a router",
    before: ["neigh add fd00::9 lladdr 02:00:00:00:00:77 dev eth0 nud permanent router"],
    step: { ...forget, destination: six },
  },
  {
    name: "the one on the other link",
    before: ["neigh add 10.0.0.9 lladdr 02:00:00:00:00:77 dev eth1 nud permanent"],
    step: { ...set, destination: four },
  },
  { name: "nothing", step: { ...forget, destination: four }, idle: true },
  { name: "nothing", step: { do: "addRule", place: "host", rule } },
  { name: "nothing", step: { do: "addRule", place: "host", rule: { ...fromPod, family: 4 } } },
  {
    name: "the same rule",
    before: ["rule add fwmark 0x1/0x1 pref 1000 lookup 100"],
    step: { do: "addRule", place: "host", rule },
    idle: true,
  },
  {
    name: "the same rule of another priority",
    before: ["rule add from 10.0.0.9 pref 20 lookup 101", "rule add pref 10 from 10.0.0.9 to 10.5.0.0/16 lookup 101"],
    step: { do: "addRule", place: "host", rule: fromPod },
  },
];
cases.forEach(undoTest);
