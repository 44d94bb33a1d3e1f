import assert from "node:assert/strict";
import { parseAddress, parsePrefix } from "../ip/mod.ts";
import { routeNetlinkOver } from "../netlink/mod.ts";
import { fakeAck, fakeTransport } from "../netlink/fake_netlink.ts";
import { ERRNO } from "../uapi/mod.ts";
import { parseMac } from "../wire/mod.ts";
import { applyStep } from "./apply_step.ts";
import { formatStep } from "./format_step.ts";
import type { Step } from "./step.ts";
import type { StepNetns } from "./step_netns.ts";

/** A netns whose kernel answers everything with `errno`. */
function netnsThatAnswers(errno: number): StepNetns {
  const none = (): never => {
    throw new Error("Cannot do that here: there is netlink only");
  };
  const netlink = routeNetlinkOver(fakeTransport((request) => [[fakeAck(request, { errno })]]));
  return { netlink, fd: -1, netfilter: none, writeSysctl: none, readSysctl: none };
}

const link = "cali1";
const destination = parseAddress("10.0.0.1");
const prefix = parsePrefix("10.0.0.1/32");
const lladdr = parseMac("02:00:00:00:00:01");

const deletions: readonly Step[] = [
  { do: "deleteLink", place: "host", link },
  { do: "deleteRoute", place: "host", route: { destination: prefix, link, table: 500 } },
  { do: "deleteNeighbor", place: "host", link, destination },
];
for (const step of deletions) {
  Deno.test(`applyStep() takes what went with its link for deleted: ${formatStep(step)}`, () => {
    const gone = netnsThatAnswers(ERRNO.ENODEV);
    applyStep(step, { host: gone, pod: gone });
    const refused = netnsThatAnswers(ERRNO.EPERM);
    assert.throws(() => applyStep(step, { host: refused, pod: refused }), { name: "NetlinkError", code: "EPERM" });
  });
}

const others: readonly Step[] = [
  { do: "addRoute", place: "host", route: { destination: prefix, link, table: 500 } },
  { do: "setNeighbor", place: "host", link, destination, lladdr },
  { do: "addAddress", place: "host", link, prefix },
  { do: "changeLink", place: "host", link, to: { up: true }, from: {} },
];
for (const step of others) {
  Deno.test(`applyStep() fails without the link: ${formatStep(step)}`, () => {
    const gone = netnsThatAnswers(ERRNO.ENODEV);
    assert.throws(() => applyStep(step, { host: gone, pod: gone }), { name: "NetlinkError", code: "ENODEV" });
  });
}
