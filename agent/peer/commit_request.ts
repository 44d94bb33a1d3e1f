import { type Address, formatAddress, tryParseAddress } from "../../net/ip/address.ts";
import type { ClaimRequest, ReleaseRequest } from "../../crd/ipam/requests.ts";
import type { TimeLimit } from "./committer_time.ts";
import {
  type JsonRecord,
  listAt,
  numberAt,
  optionalTextAt,
  optionalTextsAt,
  parseJsonRecord,
  recordAt,
  textAt,
  wrong,
} from "./wire.ts";

/** Most requests of one message. */
export const MAX_REQUESTS = 256;
/** Longest name of a message, in characters: thousands of them are remembered. */
const MAX_ID = 64;

/** What a peer may be asked. The rest is rare and stays with the agent's own writer. */
export type PeerRequest = ClaimRequest | ReleaseRequest;

/** Requests on one pool, of one agent, and until when they may be worked on. */
export interface CommitRequest {
  /** Names the message among all of all agents: a copy of it is known by that. */
  readonly id: string;
  readonly pool: string;
  readonly limit: TimeLimit;
  readonly requests: readonly PeerRequest[];
}

/** JSON of one request, without its pool: that stands once in the message. */
export function encodeOneRequest(request: PeerRequest): string {
  return JSON.stringify(wireOf(request));
}

/** The message's body: JSON. `requests` are from {@linkcode encodeOneRequest}. */
export function encodeCommitRequest(
  { id, pool, limit, requests }: Omit<CommitRequest, "requests"> & { readonly requests: readonly string[] },
): string {
  const head = JSON.stringify({ id, epoch: limit.epoch, notAfterMs: limit.notAfterMs, pool });
  return `${head.slice(0, -1)},"requests":[${requests.join(",")}]}`;
}

/**
 * Reads a message's body.
 *
 * @throws {PeerFormatError} for anything that is not a message of this version
 */
export function decodeCommitRequest(body: string): CommitRequest {
  const json = parseJsonRecord(body);
  const pool = textAt(json.pool, "pool");
  const requests = listAt(json.requests, "requests", { most: MAX_REQUESTS });
  return {
    id: textAt(json.id, "id", { most: MAX_ID }),
    pool,
    limit: { epoch: textAt(json.epoch, "epoch"), notAfterMs: numberAt(json.notAfterMs, "notAfterMs") },
    requests: requests.map((item) => decodeOne(recordAt(item, "a request"), pool)),
  };
}

function wireOf(request: PeerRequest): Record<string, unknown> {
  const { pool: _, ...rest } = request;
  if (rest.kind === "release") return rest;
  const { identity, want, otherNics = [], ...others } = rest;
  return {
    ...others,
    ...identity,
    want: want === undefined ? undefined : formatAddress(want),
    otherNics: otherNics.length === 0 ? undefined : otherNics,
  };
}

/** Every member of a request, absent ones too: a member that is added there must be read here. */
type Members<T> = { readonly [K in keyof Required<T>]: T[K] | undefined };

function decodeOne(json: JsonRecord, pool: string): PeerRequest {
  switch (json.kind) {
    case "claim":
      return decodeClaim(json, pool);
    case "release":
      return decodeRelease(json, pool);
    default:
      throw wrong("kind", "claim or release");
  }
}

function decodeClaim(json: JsonRecord, pool: string): ClaimRequest {
  const members: Members<ClaimRequest> = {
    kind: "claim",
    pool,
    generation: numberAt(json.generation, "generation"),
    poolUid: textAt(json.poolUid, "poolUid"),
    identity: {
      pod: textAt(json.pod, "pod"),
      podUid: textAt(json.podUid, "podUid"),
      nic: textAt(json.nic, "nic"),
      node: textAt(json.node, "node"),
    },
    want: json.want === undefined ? undefined : addressAt(json.want, "want"),
    otherNics: optionalTextsAt(json.otherNics, "otherNics"),
    formerUid: optionalTextAt(json.formerUid, "formerUid"),
    ownOnly: json.ownOnly === true ? true : undefined,
  };
  return present(members) as ClaimRequest; // what is required was checked above
}

function decodeRelease(json: JsonRecord, pool: string): ReleaseRequest {
  const members: Members<ReleaseRequest> = {
    kind: "release",
    pool,
    podUid: textAt(json.podUid, "podUid"),
    addresses: optionalTextsAt(json.addresses, "addresses"),
    keep: optionalTextsAt(json.keep, "keep"),
  };
  return present(members) as ReleaseRequest; // what is required was checked above
}

function present(members: Readonly<Record<string, unknown>>): unknown {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function addressAt(value: unknown, name: string): Address {
  const address = tryParseAddress(textAt(value, name));
  if (address === undefined) throw wrong(name, "an address");
  return address;
}
