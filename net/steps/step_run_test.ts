/** What a run asks of the kernel to make a step and to take it back; that the kernel then is as before: tests/kernel/undo_*. */
import assert from "node:assert/strict";
import { parseAddress, parsePrefix } from "../ip/mod.ts";
import { fakeAck, fakeDone, type FakeReply, fakeTransport } from "../netlink/fake_netlink.ts";
import { routeNetlinkOver } from "../netlink/mod.ts";
import { linkPayload, neighborPayload, newNeighborPayload } from "../route/mod.ts";
import { ERRNO, type ErrnoCode, NLM_F, NUD, RTM } from "../uapi/mod.ts";
import { type Message, parseMac } from "../wire/mod.ts";
import type { Step } from "./step.ts";
import { StepRun } from "./step_run.ts";

const [mac, former] = ["02:00:00:00:00:01", "02:00:00:00:00:77"].map(parseMac);
const destination = parseAddress("10.0.0.9");
const names = new Map<number, string>(Object.entries(RTM).map(([name, type]) => [type, name]));

/** Runs `step` on a kernel that has link 3, one neighbor, and refuses what `refused` says; gives what it was asked. */
function requestsOf(step: Step, refused: Readonly<Record<string, ErrnoCode>> = {}) {
  const seen: Message[] = [];
  const netlink = routeNetlinkOver(fakeTransport((request) => {
    seen.push(request);
    return [answer(request, refused)];
  }));
  const none = (): never => {
    throw new Error("Cannot do that here: there is netlink only");
  };
  const host = { netlink, fd: -1, netfilter: none, writeSysctl: none, readSysctl: none };
  const run = new StepRun({ host, pod: host });
  run.apply([step]);
  const done = seen.splice(0).map(nameOf);
  assert.deepEqual(run.undo(), []);
  return { done, undone: seen.map(nameOf), last: seen.at(-1) };
}

function answer(request: Message, refused: Readonly<Record<string, ErrnoCode>>): FakeReply[] {
  const code = refused[nameOf(request)];
  if (code !== undefined) return [fakeAck(request, { errno: ERRNO[code] })];
  if (request.type === RTM.GETLINK) {
    const payload = linkPayload.encode(linkPayload.of({ index: 3 }, { name: "eth0" }));
    return [{ type: RTM.NEWLINK, payload }, fakeAck(request)];
  }
  if ((request.flags & NLM_F.DUMP) !== NLM_F.DUMP) return [fakeAck(request)];
  const neighbor = newNeighborPayload({ index: 3, destination, lladdr: former, state: NUD.REACHABLE });
  return [{ type: RTM.NEWNEIGH, payload: neighborPayload.encode(neighbor) }, fakeDone()];
}

function nameOf({ type, flags }: Message): string {
  const name = names.get(type) ?? String(type);
  if (!name.startsWith("NEW")) return name;
  return (flags & NLM_F.EXCL) !== 0 ? `${name} unless there` : `${name} in place`;
}

const link = "eth0";
const set: Step = { do: "setNeighbor", place: "host", link, destination, lladdr: mac ?? new Uint8Array(6) };
const address: Step = { do: "addAddress", place: "host", link, prefix: parsePrefix("10.0.0.5/24") };
const rule: Step = { do: "addRule", place: "host", rule: { family: 4, priority: 1000, table: 500 } };

const cases: readonly {
  name: string;
  step: Step;
  refused?: Readonly<Record<string, ErrnoCode>>;
  done: readonly string[];
  undone: readonly string[];
}[] = [
  { name: "a new neighbor", step: set, done: ["GETLINK", "NEWNEIGH unless there"], undone: ["DELNEIGH"] },
  {
    name: "a neighbor that is there",
    step: set,
    refused: { "NEWNEIGH unless there": "EEXIST" },
    done: ["GETLINK", "NEWNEIGH unless there", "GETNEIGH", "NEWNEIGH in place"],
    undone: ["NEWNEIGH in place"],
  },
  { name: "a new address", step: address, done: ["GETLINK", "NEWADDR unless there"], undone: ["DELADDR"] },
  {
    name: "an address that is there",
    step: address,
    refused: { "NEWADDR unless there": "EEXIST" },
    done: ["GETLINK", "NEWADDR unless there"],
    undone: [],
  },
  {
    name: "a rule that is there",
    step: rule,
    refused: { "NEWRULE unless there": "EEXIST" },
    done: ["NEWRULE unless there"],
    undone: [],
  },
  {
    name: "a rule that others share",
    step: { ...rule, shared: true },
    done: ["NEWRULE unless there"],
    undone: [],
  },
];
for (const { name, step, refused, done, undone } of cases) {
  Deno.test(`StepRun makes and takes back ${name} with the fewest requests`, () => {
    const got = requestsOf(step, refused);
    assert.deepEqual([got.done, got.undone], [done, undone]);
  });
}

Deno.test("StepRun puts a learned neighbor back as one that is to be made sure of", () => {
  const { last } = requestsOf(set, { "NEWNEIGH unless there": "EEXIST" });
  const { header, attributes } = neighborPayload.decode(last?.payload ?? new Uint8Array(), { what: "", offset: 0 });
  assert.deepEqual([header.state, attributes.lladdr], [NUD.STALE, former]);
});
