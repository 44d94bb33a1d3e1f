import * as v from "valibot";
import { about } from "./about.ts";
import { agentDefaults } from "./conf_defaults.ts";
import { group, key, type KeyText } from "./conf_key.ts";
import { duration, flag, integer, port, word } from "./conf_values.ts";
import { logLevels } from "./log_level.ts";
import { networkResourcePlugin } from "./conf_resource_plugin.ts";

const QUARANTINE_LIMIT_MS = 86_400_000; // a day: the address is lost to the pool meanwhile
const PROBE_LIMIT_MS = 5_000; // ten of each kind then end before the plugin's 100 s
const LINK_WAIT_LIMIT_MS = 30_000;
const PEER_LIMIT_MS = 10_000; // twice as long nothing is answered after a start
const DEADLINE_LIMIT_MS = 95_000; // below the 100 s after which the plugin gives up

/** A key of this project's own that a running agent takes over. */
function live(text: string): KeyText {
  return { since: "0.1.0", reload: true, text };
}

/** A key of this project's own that is read once. */
function fixed(text: string): KeyText {
  return { since: "0.1.0", text };
}

const detection = group({
  conflictProbes: key(integer({ min: 1, max: 10 }), {
    ...live(
      "Frames that ask whether somebody has an address. Each costs a Pod's start one interval; 3 also find hosts that sleep.",
    ),
    value: agentDefaults.conflictProbes,
  }),
  gatewayProbes: key(integer({ min: 1, max: 10 }), {
    ...live("Most frames that ask for the gateway; its first answer ends it."),
    value: agentDefaults.gatewayProbes,
  }),
  interval: about(
    duration({ fallbackMs: agentDefaults.probeIntervalMs, belowMs: PROBE_LIMIT_MS }),
    live("Wait for an answer after each of these frames."),
  ),
  linkWait: about(
    duration({ fallbackMs: agentDefaults.linkWaitMs, belowMs: LINK_WAIT_LIMIT_MS }),
    live("How long the Pod's link may take until it has a carrier."),
  ),
  silentGateway: key(word(["fail", "warn"]), {
    ...live("A gateway that does not answer: `fail` keeps the Pod from starting, `warn` only logs it on the node."),
    value: "fail",
  }),
  announce: key(word(["detected", "always"]), {
    ...live("When neighbors are told where an address is: `detected` (after the questions above), or `always`."),
    value: "detected",
  }),
});

const peerCommit = group({
  enabled: key(flag, {
    ...fixed(
      "Agents hand claims on a pool to one of them, which writes for all; false: each writes for itself, and nobody listens.",
    ),
    value: true,
  }),
  port: key(port, { ...fixed("TCP port for other agents."), value: agentDefaults.peerPort }),
  timeout: about(
    duration({ fallbackMs: agentDefaults.peerTimeoutMs, belowMs: PEER_LIMIT_MS }),
    live(
      "How long another agent may work on a request at first, up to eight times that while it lives and is slow. Twice as long nothing is answered after a start, eight times after one that met slow peers.",
    ),
  ),
});

/** The keys below `agent`. */
export const agentKeys = group({
  logLevel: about(
    v.nullish(word(logLevels)),
    live("Lines below this level are dropped; where it is not given, `SPIDERPOOL_LOG_LEVEL` counts."),
  ),
  networkResourcePlugin,
  ipamDeadline: about(
    duration({ fallbackMs: agentDefaults.ipamDeadlineMs, belowMs: DEADLINE_LIMIT_MS }),
    live("How long one ADD or DEL may take in the agent."),
  ),
  waitForFreeAddress: about(
    duration({ fallbackMs: agentDefaults.waitForFreeAddressMs, belowMs: DEADLINE_LIMIT_MS }),
    live("How long an ADD waits, holding nothing, for an address of a full pool before it is refused."),
  ),
  conflictQuarantine: about(
    duration({ fallbackMs: agentDefaults.conflictQuarantineMs, belowMs: QUARANTINE_LIMIT_MS }),
    live("How long nobody gets an address that a probe found in use by somebody else."),
  ),
  detection,
  peerCommit,
});
