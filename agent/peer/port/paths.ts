import type { PeerOperation } from "../contract.ts";

/**
 * Operations of version 1 on the wire. A change that an older agent cannot understand gets a new version, which older
 * ones answer with 404: they are left out then.
 */
export const peerPaths: Readonly<Record<PeerOperation, { readonly method: string; readonly path: string }>> = {
  hello: { method: "GET", path: "/peer/v1/hello" },
  commit: { method: "POST", path: "/peer/v1/commit" },
};

/** The operation of a request, if it is one. */
export function operationOf({ method, path }: { method: string; path: string }): PeerOperation | undefined {
  const names: readonly PeerOperation[] = ["hello", "commit"];
  return names.find((name) => peerPaths[name].method === method && peerPaths[name].path === path);
}
