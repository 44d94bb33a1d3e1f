/** Figures of `ifacer`: from this kernel, or where it has no VLANs from the one of the virtual machine. */
import { runInside } from "../../../scripts/vm/run_inside.ts";
import { vmObstacle } from "../../../scripts/vm/requirements.ts";
import { needsLinkKind } from "../../shared/link_kinds.ts";
import { firstReason, needsPath } from "../../shared/skip.ts";
import { MAIN_PLUGINS } from "../../shared/stage.ts";
import { type IfacerCostRow, measureIfacerCalls } from "./ifacer_costs.ts";

/** What calls of `ifacer` take. */
export interface IfacerFigures {
  /** Times of an emulated processor tell nothing of a real one; how calls of one program compare with each other does. */
  readonly isEmulated: boolean;
  readonly rows: readonly IfacerCostRow[];
}

const MARK = "ifacer figures: ";

/** Module that measures in the virtual machine, from the root of the repository. */
const INSIDE = "tests/bench/plugins/ifacer_inside.ts";

/**
 * Measures where that can be done; `undefined`, with the reason told, where not.
 *
 * @param say is told what is being done
 * @throws {Error} if the virtual machine gives no figures
 */
export async function measureIfacer(
  { rounds }: { readonly rounds: number },
  say: (line: string) => void,
): Promise<IfacerFigures | undefined> {
  const noVlan = firstReason(
    needsLinkKind("vlan"),
    needsPath(`${MAIN_PLUGINS}/vlan`, "the distribution's plugins"),
  );
  if (noVlan === undefined) return { isEmulated: false, rows: await measureIfacerCalls({ rounds }) };
  const noMachine = vmObstacle();
  if (noMachine !== undefined) {
    say(`  ifacer is not measured: here ${noVlan}; in a virtual machine ${noMachine}`);
    return undefined;
  }
  say("• ifacer, in the virtual machine: this kernel has no VLANs");
  const { console, error } = await runInside([INSIDE], { say });
  const rows = figuresIn(console);
  if (rows === undefined) throw error ?? new Error(`Cannot measure ifacer: ${console.slice(-20).join("\n")}`);
  return { isEmulated: true, rows };
}

/** One line with all of `rows`. */
export function figuresLine(rows: readonly IfacerCostRow[]): string {
  return `${MARK}${JSON.stringify(rows)}`;
}

/** Reads the {@linkcode figuresLine} of a console; `undefined` if there is none, or it is not whole. */
export function figuresIn(lines: readonly string[]): readonly IfacerCostRow[] | undefined {
  const line = lines.find((line) => line.startsWith(MARK));
  if (line === undefined) return undefined;
  try {
    const rows: unknown = JSON.parse(line.slice(MARK.length));
    return Array.isArray(rows) && rows.every(isRow) ? rows : undefined;
  } catch (err) {
    if (err instanceof SyntaxError) return undefined;
    throw err;
  }
}

function isRow(value: unknown): value is IfacerCostRow {
  if (typeof value !== "object" || value === null) return false;
  return "call" in value && typeof value.call === "string" &&
    "medianMs" in value && typeof value.medianMs === "number" &&
    "timesIdle" in value && typeof value.timesIdle === "number";
}
