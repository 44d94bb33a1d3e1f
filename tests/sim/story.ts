import { resultsOfEndpoint } from "../../crd/ipam/endpoint.ts";
import { formatAddress } from "../../net/ip/address.ts";
import type { Trouble } from "./fate_book.ts";
import { textOf } from "./ledger.ts";
import { textOfPlanned } from "./operation.ts";
import { recordsText } from "./request_label.ts";
import type { Failure } from "./shrink.ts";
import type { World } from "./world.ts";

/** Longest part of the trace that is told, in lines. */
const LINES = 120;

/** A failure for people: what was done, what went wrong in the network, what happened then, and what was left of it. */
export function storyOf({ options: { seed }, simulation: { violation, script, steps, world } }: Failure): string {
  const about = violation?.about ?? [];
  return [
    `seed ${seed}, step ${steps}: ${violation?.message}`,
    section(`what was done (${script.history.length} operations)`, script.history.map(textOfPlanned)),
    section(
      `what went wrong on the way (${script.troubles.size})`,
      [...script.troubles].map(([request, trouble]) => `${request}: ${textOfTrouble(trouble)}`),
    ),
    section("what happened", world.trace.tail(LINES)),
    ...world.trace.count <= LINES
      ? []
      : [section(`the same, about ${about.join(", ")}`, world.trace.tail(LINES, about))],
    section("state at the end", stateOf(world)),
  ].join("\n");
}

function section(title: string, lines: readonly string[]): string {
  return [`${title}:`, ...lines.length === 0 ? ["nothing"] : lines].join("\n  ");
}

function textOfTrouble(trouble: Trouble): string {
  switch (trouble.kind) {
    case "watch":
      return JSON.stringify(trouble.fault);
    case "repeats":
      return `every ${trouble.every}. chunk comes twice`;
    case "request": {
      const { fate: { kind, ...rest }, upMs, downMs } = trouble.journey;
      const details = Object.keys(rest).length === 0 ? "" : ` ${JSON.stringify(rest)}`;
      return `${kind}${details}, ${upMs.toFixed(1)} ms there, ${downMs.toFixed(1)} ms back`;
    }
  }
}

function stateOf({ cluster, agents, checker }: World): string[] {
  return [
    ...cluster.storedPools().map(({ metadata, spec, status }) =>
      `pool ${metadata.name} ${spec?.ips?.join(" ")}${metadata.deletionTimestamp ? " (being deleted)" : ""}${
        spec?.disable ? " (disabled)" : ""
      } {${recordsText(status?.allocatedIPs)}}`
    ),
    ...cluster.storedEndpoints().map((endpoint) => {
      const listed = resultsOfEndpoint(endpoint).map(({ nic, address }) => `${nic} ${formatAddress(address)}`);
      const { metadata, status } = endpoint;
      const isGoing = metadata.deletionTimestamp ? " (being deleted)" : "";
      return `endpoint ${metadata.name}${isGoing} of ${status?.current.uid}: ${listed.join(", ")}`;
    }),
    ...agents.flatMap(({ name, disk }) =>
      [...disk.entries.values()].map(({ podName, podUid, ifname, pools }) =>
        `journal of ${name}: ${podName} ${podUid} ${ifname} in ${pools.join(" ")}`
      )
    ),
    ...[...checker.ledger.live()].map((attachment) =>
      `in use: ${textOf(attachment)} ${attachment.addresses.join(" ")}`
    ),
  ];
}
