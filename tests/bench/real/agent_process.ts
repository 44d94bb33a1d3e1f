/**
 * One or several agents in a process of their own, as the daemon builds them, with the API requests counted. Ends when
 * its standard input does.
 *
 * @module
 */
import { systemClock } from "../../../net/base/clock.ts";
import { trimMemory } from "../../../net/ffi/trim_memory.ts";
import { parseConf } from "../../../agent/config/conf.ts";
import { parseEnvironment } from "../../../agent/config/environment.ts";
import { ipamOver } from "../../../agent/create_ipam.ts";
import { runDaemon } from "../../../agent/daemon.ts";
import { createJsonLog } from "../../../agent/log.ts";
import { type CountingTransport, countingTransport } from "../../../crd/kube/counting.ts";
import { kubeconfigTransport } from "../../../crd/kube/kubeconfig_transport.ts";
import { sumCounts } from "../counts.ts";
import {
  type AgentProcessSetup,
  type AgentSetup,
  type Command,
  type CountsAnswer,
  lineOf,
  linesOf,
  type MemoryAnswer,
} from "./protocol.ts";

if (import.meta.main) await main();

async function main(): Promise<void> {
  const lines = linesOf(Deno.stdin.readable);
  const { value: first } = await lines.next();
  if (first === undefined) return; // started only to see whether it does
  const setup = JSON.parse(first) as AgentProcessSetup;
  const started = await Promise.all(setup.agents.map((agent) => start(setup, agent)));
  say("started");
  for await (const line of lines) say(answerTo(JSON.parse(line) as Command, started));
  Deno.exit(0); // as a node that goes: nobody waits for what runs
}

/** Starts an agent. Requests that come before it is ready wait in its socket's queue. */
async function start(
  { kubeconfig, peerTokenPath }: AgentProcessSetup,
  { nodeName, address, socket, conf }: AgentSetup,
): Promise<CountingTransport> {
  const environment = parseEnvironment((name) => environmentOf(nodeName, address)[name]);
  const transport = await kubeconfigTransport(kubeconfig, { clock: systemClock, userAgent: "spiderpool-agent" });
  const counting = countingTransport(transport);
  runDaemon({
    conf: { ...parseConf(conf).conf, ipamUnixSocketPath: socket },
    environment: { ...environment, healthPort: 0 },
    clock: systemClock,
    log: createJsonLog({ write: tellTrouble, clock: systemClock, level: environment.logLevel }),
    createIpam: ipamOver(counting, { peerTokenPath }),
    trim: () => Promise.resolve(trimMemory),
    stop: new AbortController().signal,
  }).catch((err) => {
    tellTrouble(String(err));
    Deno.exit(1);
  });
  return counting;
}

/** A log is written to a pipe in a Pod; here only what somebody must know. */
function tellTrouble(line: string): void {
  if (line.includes('"level":"ERROR"')) Deno.stderr.writeSync(new TextEncoder().encode(line));
}

function environmentOf(nodeName: string, address: string): Readonly<Record<string, string>> {
  return {
    SPIDERPOOL_POD_NAMESPACE: "kube-system",
    SPIDERPOOL_POD_NAME: `spiderpool-agent-${nodeName}`,
    SPIDERPOOL_NODE_NAME: nodeName,
    SPIDERPOOL_POD_IPS: address,
  };
}

function answerTo(command: Command, transports: readonly CountingTransport[]): unknown {
  switch (command) {
    case "counts":
      return [...sumCounts(transports.map((transport) => transport.counts()))] satisfies CountsAnswer;
    case "reset":
      for (const transport of transports) transport.reset();
      return "reset";
    case "memory": {
      const { rss, heapUsed, heapTotal } = Deno.memoryUsage();
      return { rss, heapUsed, heapTotal } satisfies MemoryAnswer;
    }
    default:
      return command satisfies never;
  }
}

function say(message: unknown): void {
  Deno.stdout.writeSync(lineOf(message));
}
