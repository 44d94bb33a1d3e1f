/**
 * Spiderpool for Deno: an underlay IPAM for Kubernetes as a toolkit.
 *
 * @module
 */
