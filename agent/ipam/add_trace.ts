import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { addressWhy, type Decision, endpointUse, familyDecision, type FamilyOutcome } from "../../crd/ipam/decision.ts";
import { type EndpointOwner, fixedAddressOf } from "../../crd/ipam/endpoint.ts";
import { type FamilyRefusal, IpamError } from "../../crd/ipam/errors.ts";
import type { PlanFindings } from "../../crd/ipam/plan.ts";
import type { IpamAddArgs } from "../api/types.ts";
import { addressOfGrant, type Grant, type Need } from "./allocation.ts";
import { podKey } from "./running_adds.ts";

/** How an ADD ended; told once per ADD, whether it was served or not. */
export interface AddEnd {
  readonly args: IpamAddArgs;
  /** `undefined` if it ended before the Pod was found. Made when it is looked at: most are not. */
  readonly decision: Decision | undefined;
  /** Those of the decision. */
  readonly notes: Decision["notes"];
  /** What it ended with, when it was not served. */
  readonly err: unknown;
  /** Whether the caller hung up or a DEL came: nobody waits for the answer. */
  readonly isCancelled: boolean;
}

/** Who is told of every ADD's end. Must not throw; what takes time it does later. */
export interface AddObserver {
  ended(end: AddEnd): void;
}

/** What is known of a Pod and its endpoint when an ADD begins. */
export interface TracedPod {
  readonly owner: EndpointOwner;
  readonly podUid: string;
  readonly endpoint: SpiderEndpoint | undefined;
}

/** What an ADD has come across, for {@linkcode decisionOf}: filled while it goes on. */
export interface AddTrace {
  pod: TracedPod | undefined;
  findings: PlanFindings | undefined;
  needs: readonly Need[];
  grants: readonly Grant[];
  refusals: readonly FamilyRefusal[];
  /** Whether the endpoint was the answer. */
  isReused: boolean;
}

/** What a dry run knows beyond what an ADD is told; see {@linkcode decisionOf}. */
export interface DryRunFacts {
  /** Whether nobody knows what pools the CNI configuration names. */
  readonly arePoolsUnknown: boolean;
  /** What came of claiming `need`; replaces what the trace says. */
  readonly outcomeOf: (need: Need) => FamilyOutcome;
}

/** The trace of an ADD that has just begun. */
export function newTrace(): AddTrace {
  return { pod: undefined, findings: undefined, needs: [], grants: [], refusals: [], isReused: false };
}

/** Notes what was decided in another round: what an earlier one came to counts no more. */
export function traceNeeds(trace: AddTrace, { needs, findings }: Pick<AddTrace, "needs" | "findings">): void {
  Object.assign(trace, { needs, findings, grants: [], refusals: [], isReused: false });
}

/** Notes that the endpoint is the answer: each of `needs` is recorded in its pool. */
export function traceReuse(trace: AddTrace, needs: readonly Need[]): void {
  const grants = needs.flatMap((need) => {
    const [pool] = need.pools;
    return pool === undefined || need.want === undefined
      ? []
      : [{ need, pool, address: need.want, existing: true, passed: [] }];
  });
  Object.assign(trace, { needs, grants, refusals: [], isReused: true });
}

/**
 * The decision that a trace amounts to; `undefined` before the Pod was found.
 *
 * @param options `err`: what the ADD ended with, if it was not served
 */
export function decisionOf(
  args: IpamAddArgs,
  trace: AddTrace,
  { err, dryRun }: { readonly err?: unknown; readonly dryRun?: DryRunFacts | undefined } = {},
): Decision | undefined {
  if (trace.pod === undefined) return undefined;
  const { owner, podUid, endpoint } = trace.pod;
  const refused = err instanceof IpamError ? err.findings : undefined;
  const findings = findingsOf(trace, err);
  const outcomeOf = dryRun?.outcomeOf ?? ((need: Need) => outcomeIn(trace, need));
  const families: readonly Need[] = refused?.families ?? trace.needs;
  return {
    pod: podKey(args),
    podUid,
    nic: args.ifName,
    topController: owner.topController,
    keptBy: fixedAddressOf(owner),
    endpoint: endpointUse(endpoint, {
      podUid,
      nic: args.ifName,
      isReused: trace.isReused,
      isKept: trace.needs.some(({ formerUid }) => formerUid !== undefined),
    }),
    sources: findings?.sources ?? [],
    notes: findings?.notes ?? [],
    families: families.map((need) => familyDecision(need, outcomeOf(need))),
    refusal: err === undefined ? undefined : err instanceof Error ? err.message : String(err),
  };
}

/**
 * The end of an ADD, as its observer is told it.
 *
 * @param options see {@linkcode decisionOf}
 */
export function endOf(
  args: IpamAddArgs,
  trace: AddTrace,
  { err, isCancelled, dryRun }: Pick<AddEnd, "err" | "isCancelled"> & Parameters<typeof decisionOf>[2],
): AddEnd {
  let decision: { readonly made: Decision | undefined } | undefined;
  return {
    args,
    err,
    isCancelled,
    notes: trace.pod === undefined ? [] : findingsOf(trace, err)?.notes ?? [],
    get decision() {
      decision ??= { made: decisionOf(args, trace, { err, dryRun }) };
      return decision.made;
    },
  };
}

function findingsOf(trace: AddTrace, err: unknown): PlanFindings | undefined {
  return (err instanceof IpamError ? err.findings : undefined) ?? trace.findings;
}

/** What claiming came to for `need`, as far as the ADD was told. */
function outcomeIn({ grants, refusals }: AddTrace, need: Need): FamilyOutcome {
  const grant = grants.find((candidate) => candidate.need.nic === need.nic && candidate.need.family === need.family);
  if (grant !== undefined) return { refused: grant.passed, address: addressOf(grant) };
  const refusal = refusals.find(({ nic, family }) => nic === need.nic && family === need.family);
  return { refused: refusal?.reasons ?? [] };
}

/** What a claim of `need` gave, and why that. */
export function addressOf(
  { need, pool, address, existing }: Pick<Grant, "need" | "pool" | "address" | "existing">,
  { lately = false }: { readonly lately?: boolean } = {},
): NonNullable<FamilyOutcome["address"]> {
  const wanted = need.want?.value === address.value && need.want.family === address.family;
  const why = addressWhy({ existing, wanted, kept: need.formerUid !== undefined, lately });
  return { address: addressOfGrant({ address }), pool: pool.name, why };
}
