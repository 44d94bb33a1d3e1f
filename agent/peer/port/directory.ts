import type { Clock } from "../../../net/base/clock.ts";
import type { Log } from "../../../net/base/log.ts";
import type { Random } from "../../../net/base/random.ts";
import { type EndpointSlice, endpointSlices, type Lease, leases } from "../../../crd/core/mod.ts";
import { type KubeTransport, Reflector, reflectorSource, resourceClient, Store } from "../../../crd/kube/mod.ts";
import type { Peer, PeerDirectory } from "../contract.ts";
import { PEER_LABEL, peerOfLease } from "./peer_lease.ts";
import { peerAddresses } from "./slice_addresses.ts";

/** Name of the agents' Service. */
export const SERVICE = "spiderpool-agent";

/** What a {@linkcode ClusterDirectory} reads. */
export interface ClusterDirectoryDeps {
  readonly transport: KubeTransport;
  /** Namespace of the agents. */
  readonly namespace: string;
  /** Node of this agent. */
  readonly self: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Told when a certificate was published, replaced or withdrawn. */
  readonly onCertificates?: () => void;
}

/**
 * The agents behind the agents' Service that are ready and whose certificate is known. Who is ready stands in the
 * Service's EndpointSlices, certificates in one Lease an agent: only agents may write those.
 */
export class ClusterDirectory implements PeerDirectory {
  readonly self: string;
  readonly #slices: Store<EndpointSlice>;
  readonly #leases: Store<Lease>;
  readonly #reflectors: readonly { run(signal: AbortSignal): Promise<void> }[];
  #live: readonly Peer[] = [];
  #isCurrent = true;

  constructor({ transport, namespace, self, clock, random, log, onCertificates }: ClusterDirectoryDeps) {
    this.self = self;
    this.#slices = new Store({ log });
    this.#leases = new Store({ log });
    const shared = { clock, random, log };
    const slices = reflectorSource(resourceClient(transport, endpointSlices, { clock }), {
      namespace,
      labelSelector: `kubernetes.io/service-name=${SERVICE}`,
    });
    const certificates = reflectorSource(resourceClient(transport, leases, { clock }), {
      namespace,
      labelSelector: `${PEER_LABEL.key}=${PEER_LABEL.value}`,
    });
    this.#reflectors = [
      new Reflector({ ...slices, ...shared, store: this.#slices }),
      new Reflector({ ...certificates, ...shared, store: this.#leases }),
    ];
    const changed = () => void (this.#isCurrent = false);
    this.#slices.subscribeKeys(changed);
    this.#leases.subscribeKeys(() => {
      changed();
      onCertificates?.();
    });
  }

  /** Follows the cluster until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.run(signal)));
  }

  /** @inheritdoc */
  live(): readonly Peer[] {
    if (this.#isCurrent) return this.#live;
    this.#isCurrent = true;
    const live = this.#read();
    if (JSON.stringify(live) !== JSON.stringify(this.#live)) this.#live = live;
    return this.#live;
  }

  /** The certificates that the Lease of this agent's node makes known, as far as the watch tells. */
  get published(): string | undefined {
    return this.#leases.list().map(peerOfLease).find((peer) => peer?.node === this.self)?.certificate;
  }

  #read(): readonly Peer[] {
    const addresses = peerAddresses(this.#slices.list());
    const peers = this.#leases.list().flatMap((lease): Peer[] => {
      const { node, certificate } = peerOfLease(lease) ?? {};
      const address = node === undefined ? undefined : addresses.get(node);
      return node === undefined || certificate === undefined || address === undefined
        ? []
        : [{ node, certificate, address }];
    });
    return peers.sort((a, b) => a.node < b.node ? -1 : 1);
  }
}
