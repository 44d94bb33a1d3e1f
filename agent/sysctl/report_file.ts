import { dirname, join } from "node:path";
import type { SysctlOutcome } from "./tune.ts";

const NAME = "spiderpool-sysctls.json";
/** Far more than a handful of outcomes takes. */
const MAX_BYTES = 64 * 1024;
const kinds: readonly string[] = ["set", "kept", "missing", "refused"] satisfies SysctlOutcome["kind"][];

/** What the container that tunes the node hands on to the agent of the same Pod: the agent needs no access then. */
export interface SysctlReport {
  /** Name of the Pod; what another one has left says nothing. */
  readonly pod: string;
  readonly outcomes: readonly SysctlOutcome[];
}

/** The report beside the agent's socket. */
export function sysctlReportOf(socketPath: string): string {
  return join(dirname(socketPath), NAME);
}

/** Writes a report, which appears whole or not at all. Makes its folder. */
export function writeSysctlReport(path: string, { pod, outcomes }: SysctlReport): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
  const texts = outcomes.map((outcome) =>
    outcome.kind === "refused" ? { ...outcome, err: outcome.err.message } : outcome
  );
  Deno.writeTextFileSync(`${path}.tmp`, JSON.stringify({ pod, outcomes: texts }), { mode: 0o600 });
  Deno.renameSync(`${path}.tmp`, path);
}

/** What was handed on to `pod`; `undefined` where there is nothing, or nothing of use. */
export function readSysctlReport(path: string, pod: string): readonly SysctlOutcome[] | undefined {
  const report = tryParse(path);
  if (!isRecord(report) || report.pod !== pod || !Array.isArray(report.outcomes)) return undefined;
  const outcomes = report.outcomes.map(tryOutcome);
  return outcomes.every((outcome) => outcome !== undefined) ? outcomes : undefined;
}

function tryParse(path: string): unknown {
  try {
    return Deno.statSync(path).size > MAX_BYTES ? undefined : JSON.parse(Deno.readTextFileSync(path));
  } catch {
    return undefined; // whatever is wrong with it, the agent looks at the parameters itself
  }
}

/** What is no outcome is none: the file is on the host. */
function tryOutcome(value: unknown): SysctlOutcome | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, key, from, to, value: shown, err } = value;
  if (typeof kind !== "string" || !kinds.includes(kind)) return undefined;
  if (typeof key !== "string" || !/^[\w/.-]{1,200}$/.test(key)) return undefined;
  switch (kind) {
    case "set":
      return typeof from === "string" && typeof to === "number" ? { kind, key, from, to } : undefined;
    case "kept":
      return typeof shown === "string" ? { kind, key, value: shown } : undefined;
    case "missing":
      return { kind, key };
    default: {
      const current = typeof shown === "string" ? shown : undefined;
      return typeof err === "string" ? { kind: "refused", key, value: current, err: new Error(err) } : undefined;
    }
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
