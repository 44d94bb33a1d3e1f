import { resultsOfEndpoint } from "../../crd/ipam/endpoint.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { formatAddress } from "../../net/ip/address.ts";

/** All endpoints as they are stored, and all that any of them ever listed. */
export class EndpointMirror {
  #stored: readonly SpiderEndpoint[] = [];
  #byName: ReadonlyMap<string, SpiderEndpoint> = new Map();
  /** NICs by address of each endpoint, parsed once. */
  readonly #listings = new WeakMap<SpiderEndpoint, ReadonlyMap<string, string>>();
  /** `<uid> <address>` and `<name> <address>`. */
  readonly #onceListed = new Set<string>();

  /** Takes in what is stored now. @returns names of the endpoints that are not as they were */
  update(stored: readonly SpiderEndpoint[]): ReadonlySet<string> {
    const changed = new Set<string>();
    if (stored === this.#stored) return changed;
    const before = this.#byName;
    this.#stored = stored;
    this.#byName = new Map(stored.map((endpoint) => [endpoint.metadata.name, endpoint]));
    for (const [name, endpoint] of this.#byName) {
      if (before.get(name) === endpoint) continue;
      changed.add(name);
      this.#takeIn(endpoint);
    }
    for (const name of before.keys()) if (!this.#byName.has(name)) changed.add(name);
    return changed;
  }

  get(name: string): SpiderEndpoint | undefined {
    return this.#byName.get(name);
  }

  /** NIC for which the endpoint lists `address`. */
  nicOf(endpoint: SpiderEndpoint, address: string): string | undefined {
    return this.#listings.get(endpoint)?.get(address);
  }

  /** Whether any endpoint listed `address` at some time for this Pod UID, or under this name. */
  wasListed(uidOrName: string, address: string): boolean {
    return this.#onceListed.has(`${uidOrName} ${address}`);
  }

  #takeIn(endpoint: SpiderEndpoint): void {
    const results = resultsOfEndpoint(endpoint);
    const listing = new Map(results.map(({ nic, address }) => [formatAddress(address), nic]));
    this.#listings.set(endpoint, listing);
    for (const address of listing.keys()) {
      this.#onceListed.add(`${endpoint.status?.current.uid} ${address}`);
      this.#onceListed.add(`${endpoint.metadata.name} ${address}`);
    }
  }
}
