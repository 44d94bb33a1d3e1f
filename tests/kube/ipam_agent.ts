/** An agent of a test's cluster, whose connection can break. */
import type { IpamAddArgs, IpamAddResponse, IpamBatchDelArgs, IpamDelArgs } from "../../agent/api/mod.ts";
import type { QuarantineNote } from "../../agent/ipam/conflict.ts";
import {
  createIpam,
  type Ipam,
  type IpamConfig,
  type IpamOptions,
  type Journal,
  MemoryJournal,
  type ReadMaster,
} from "../../agent/ipam/mod.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import type { Clock } from "../../net/base/clock.ts";
import { type Log, silentLog } from "../../net/base/log.ts";
import { seededRandom, systemRandom } from "../../net/base/random.ts";
import { BreakableTransport } from "./breakable_transport.ts";

/** Time where an agent lives. */
export interface AgentWorld {
  readonly clock: Clock;
  /** Whether it is on a real API server, which still has the Events of former tests: theirs have other names. @default false */
  readonly isReal?: boolean;
  /** Waits for `promise`, and lets time go by meanwhile. */
  drive<T>(promise: Promise<T>): Promise<T>;
}

/** How an agent is. */
export interface AgentOptions {
  readonly node?: string;
  /** The journal of the agent before it. @default an empty one */
  readonly journal?: Journal;
  readonly config?: Partial<IpamConfig>;
  /** What differs from `config` by now. @default nothing */
  readonly configNow?: () => Partial<IpamConfig>;
  readonly features?: Partial<IpamConfig["features"]>;
  /** @default true */
  readonly waitUntilReady?: boolean;
  /** Whether the API server cannot be reached from the start. @default false */
  readonly isDown?: boolean;
  /** DELs that plugins could not have carried out. @default none */
  readonly owed?: IpamOptions["owed"];
  /** Looks for the addresses of a NIC's master. @default nobody can */
  readonly master?: ReadMaster;
  /** @default nobody reads it */
  readonly log?: Log;
  /** Told of addresses that were set aside. */
  readonly onQuarantined?: (note: QuarantineNote) => void;
}

/** The Pod and NIC of a request; UID and container are made up when they are not told. */
export type Request = Partial<IpamAddArgs> & { readonly podName: string; readonly podUID: string };

/** One agent. */
export class Agent {
  readonly connection: BreakableTransport;
  readonly journal: Journal;
  readonly ipam: Ipam;
  readonly #world: AgentWorld;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(world: AgentWorld, transport: KubeTransport, options: AgentOptions) {
    const { node = "n1", journal = new MemoryJournal(), config, features } = options;
    this.#world = world;
    this.connection = new BreakableTransport(transport);
    this.connection.isDown = options.isDown ?? false;
    this.journal = journal;
    const fixed = { ...defaultConfig, nodeName: node, features: { ...allFeatures, ...features }, ...config };
    this.ipam = createIpam({
      transport: this.connection,
      journal,
      config: fixed,
      configNow: () => ({ ...fixed, ...options.configNow?.() }),
      maxAllocatedIPs: 5000,
      clock: world.clock,
      random: world.isReal === true ? systemRandom : seededRandom(2),
      log: options.log ?? silentLog,
      ...(options.owed !== undefined && { owed: options.owed }),
      ...(options.master !== undefined && { master: options.master }),
      ...(options.onQuarantined !== undefined && { onQuarantined: options.onQuarantined }),
    });
    this.#running = this.ipam.run(this.#stop.signal);
  }

  ready(): Promise<void> {
    return this.ipam.ready(this.#stop.signal);
  }

  /** Starts an ADD; see {@linkcode add}. */
  startAdd(request: Request, signal: AbortSignal = new AbortController().signal): Promise<IpamAddResponse> {
    const rest = { containerID: "c1", ifName: "eth0", netNamespace: "/proc/1/ns/net", podNamespace: "ns1" };
    const added = this.ipam.service.add({ ...rest, ...request }, signal);
    added.catch(() => undefined);
    return added;
  }

  /** Runs an ADD to its end. */
  add(request: Request): Promise<IpamAddResponse> {
    return this.#world.drive(this.startAdd(request));
  }

  /** Runs an ADD that is refused. @returns the error's message, the text of the agent's answer */
  async refusal(request: Request): Promise<string> {
    try {
      await this.add(request);
    } catch (err) {
      if (err instanceof Error) return err.message;
      throw err;
    }
    throw new Error("the ADD was served");
  }

  /** Runs an ADD. @returns its addresses as `nic address pool` */
  async addresses(request: Request): Promise<string[]> {
    return addressesOf(await this.add(request));
  }

  /** Runs a DEL to its end. */
  async del(request: Partial<IpamDelArgs> & { podName: string; podUID: string }): Promise<void> {
    const rest = { containerID: "c1", ifName: "eth0", podNamespace: "ns1" };
    await this.#world.drive(this.ipam.service.release({ ...rest, ...request }, new AbortController().signal));
  }

  /** Starts a batch release: of everything the Pod holds, or of what is in conflict. */
  startBatch(request: Partial<IpamBatchDelArgs> & { podName: string; podUID: string }): Promise<void> {
    const rest = { containerID: "c1", podNamespace: "ns1" };
    const released = this.ipam.service.releaseBatch({ ...rest, ...request }, new AbortController().signal);
    released.catch(() => undefined);
    return released;
  }

  /** Runs a batch release to its end. */
  async batch(request: Partial<IpamBatchDelArgs> & { podName: string; podUID: string }): Promise<void> {
    await this.#world.drive(this.startBatch(request));
  }

  /** Stops it in good order. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error("the agent stops"));
    await this.#running;
  }

  /** `kill -9`: no request of it reaches the API server any more. */
  async kill(): Promise<void> {
    this.connection.kill();
    await this.stop();
  }
}

/** An answer's addresses as `nic address pool`. */
export function addressesOf({ ips }: IpamAddResponse): string[] {
  return (ips ?? []).map(({ nic, address, ipPool }) => `${nic} ${address} ${ipPool}`);
}

const allFeatures: IpamConfig["features"] = {
  enableIPv4: true,
  enableIPv6: true,
  enableSpiderSubnet: true,
  enableAutoPool: true,
  enableStatefulSet: true,
  enableKubevirt: false,
};

const defaultConfig: Omit<IpamConfig, "nodeName" | "features"> = {
  agentNamespace: "sp",
  clusterNetwork: "sp/mv0",
  enableIPConflictDetection: false,
  enableGatewayDetection: false,
  deadlineMs: 30_000,
  waitForFreeMs: 1000,
  maxHistory: 100,
};
