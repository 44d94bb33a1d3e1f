import type { Decision, FamilyDecision, PoolDecision } from "../../crd/ipam/decision.ts";
import { addressWhyText, endpointUseText, formatDecision, verdictText } from "../../crd/ipam/explain.ts";
import { formatNote } from "../../crd/ipam/notes.ts";
import { formatCounts, type PoolCounts } from "../../crd/ipam/pool_counts.ts";
import { formatAttempt } from "../../crd/ipam/source.ts";
import type {
  ExplainArg,
  ExplainAttachment,
  ExplainCounts,
  ExplainFamily,
  ExplainLastAdd,
  ExplainPool,
} from "../api/explain_types.ts";
import type { AddEnd } from "./add_trace.ts";
import type { RememberedAdd } from "./explain_memory.ts";

/** Pools of one NIC and family in an answer; a source may name thousands by one pattern. */
const MAX_POOLS = 256;

/** What is known of one attachment beside its dry run. */
export interface AttachmentFacts {
  readonly ifName: string;
  readonly args: readonly ExplainArg[];
  readonly lastAdd: RememberedAdd | undefined;
}

/** The answer's part about one NIC. */
export function attachmentOf(
  { decision, err }: Pick<AddEnd, "decision" | "err">,
  { ifName, args, lastAdd }: AttachmentFacts,
): ExplainAttachment {
  const error = err === undefined ? undefined : err instanceof Error ? err.message : String(err);
  return {
    ifName,
    outcome: error !== undefined ? "refused" : decision?.endpoint.code === "reused" ? "reused" : "served",
    ...(error === undefined ? {} : { error }),
    args: [...args],
    ...(decision === undefined ? { sources: [], families: [], notes: [] } : decidedOf(decision)),
    ...(lastAdd === undefined ? {} : { lastAdd: lastAddOf(lastAdd) }),
  };
}

/** The attachment for people: a heading, then indented lines. */
export function attachmentText({ decision }: Pick<AddEnd, "decision">, attachment: ExplainAttachment): string[] {
  const { ifName, error = "", args, lastAdd } = attachment;
  const unknown = args.filter(({ origin }) => origin === "unknown").map(({ name }) => name);
  return [
    ...(decision === undefined ? [`${ifName}: refused: ${error}`] : formatDecision(decision)),
    ...args.filter(({ origin }) => origin !== "unknown").map(argText),
    ...(unknown.length === 0 ? [] : [
      `  unknown, taken as empty or false (no ADD of this NIC is remembered; give them in the query): ${
        unknown.join(", ")
      }`,
    ]),
    ...(lastAdd === undefined ? [] : [lastAddText(lastAdd)]),
  ];
}

function decidedOf(
  decision: Decision,
): Pick<ExplainAttachment, "owner" | "endpoint" | "sources" | "families" | "notes"> {
  const { topController: { apiVersion, kind, name }, keptBy, endpoint, sources, families, notes } = decision;
  return {
    owner: { apiVersion, kind, name, ...(keptBy === undefined ? {} : { keeps: keptBy }) },
    endpoint: { code: endpoint.code, text: endpointUseText(endpoint) },
    sources: sources.map((attempt) => ({
      code: attempt.verdict,
      subject: attempt.source,
      text: formatAttempt(attempt),
    })),
    families: families.map(familyOf),
    notes: notes.map((note) => ({ code: note.code, text: formatNote(note) })),
  };
}

function familyOf({ nic, family, source, pools, address }: FamilyDecision): ExplainFamily {
  return {
    nic,
    version: family,
    source,
    ...(address === undefined ? {} : {
      address: address.address,
      ipPool: address.pool,
      why: address.why,
      whyText: addressWhyText(address.why),
    }),
    pools: pools.slice(0, MAX_POOLS).map((pool) => poolOf(pool, address)),
  };
}

function poolOf(pool: PoolDecision, address: FamilyDecision["address"]): ExplainPool {
  const { name, place, preferences, verdict, counts } = pool;
  return {
    name,
    ...(place === undefined ? {} : { place }),
    preferences: [...preferences],
    verdict: verdict.code === "refused" ? verdict.reason.code : verdict.code,
    text: `${verdictText(verdict, address)}${counts === undefined ? "" : `; ${formatCounts(counts)}`}`,
    ...(counts === undefined ? {} : { counts: countsOf(counts) }),
  };
}

function countsOf({ offered, free, lately, recorded, quarantined, reserved }: PoolCounts): ExplainCounts {
  return {
    offered: String(offered),
    free: String(free),
    releasedLately: String(lately),
    recorded: String(recorded),
    quarantined: String(quarantined),
    reserved: String(reserved),
  };
}

function lastAddOf({ args, atMs, refusal }: RememberedAdd): ExplainLastAdd {
  const time = new Date(atMs).toISOString();
  const { containerID, podUID } = args;
  return { time, containerID, podUID, ...(refusal === undefined ? {} : { error: refusal }) };
}

function argText({ name, origin, values }: ExplainArg): string {
  const from = origin === "query" ? "of the query" : "of its last ADD";
  return `  ${name} ${from}: ${values.length === 0 ? "none" : values.join(", ")}`;
}

function lastAddText({ time, containerID, error }: ExplainLastAdd): string {
  return `  last ADD: ${time}, container ${containerID}: ${error === undefined ? "served" : `refused: ${error}`}`;
}
