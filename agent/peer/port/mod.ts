/**
 * The peer port in a cluster: HTTPS with a certificate made in memory, tokens for peers, EndpointSlices and Leases.
 *
 * @example
 * ```ts ignore
 * const port = new PeerPort({ transport, namespace, node, hostnames, port: 5713, tokenPath, clock, monotonic, random, log });
 * const ipam = createIpam({ ...options, peers: { directory: port.directory, exchange: port.exchange, timeoutMs, monotonic } });
 * await Promise.all([ipam.run(signal), port.run(ipam.committer, signal)]);
 * await port.close();
 * ```
 *
 * @module
 */
export { lifeFile } from "./life_file.ts";
export { PeerPort, type PeerPortOptions } from "./port.ts";
