import type { IpamService } from "../../agent/api/service.ts";
import type { Journal } from "../../agent/ipam/mod.ts";
import type { PeerExchange } from "../../agent/peer/mod.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import type { Drag } from "./drag.ts";
import type { FateBook } from "./fate_book.ts";
import type { FaultRates } from "./faults.ts";
import type { KeyedDice } from "./keyed_dice.ts";
import type { Partitions } from "./partitions.ts";
import type { PeerNet } from "./peer_net.ts";
import type { SimClock } from "./sim_clock.ts";
import type { Trace } from "./trace.ts";

/** Deliberate damage, to see whether the checker notices it. */
export interface AgentMutation {
  readonly transport?: (transport: KubeTransport, clock: SimClock) => KubeTransport;
  readonly journal?: (journal: Journal) => Journal;
  readonly exchange?: (exchange: PeerExchange) => PeerExchange;
  readonly service?: (service: IpamService) => IpamService;
}

/** What a {@linkcode SimAgent} works with. */
export interface SimAgentDeps {
  readonly name: string;
  readonly api: KubeTransport;
  readonly clock: SimClock;
  readonly dice: KeyedDice;
  readonly fates: FateBook;
  readonly partitions: Partitions;
  readonly drag: Drag;
  readonly trace: Trace;
  readonly rates: () => FaultRates;
  /** By how much its clock is ahead at first, in milliseconds. */
  readonly skewMs: number;
  /** The way to the other agents. @default it writes for itself alone */
  readonly peers?: PeerNet;
  readonly mutation: AgentMutation;
}
