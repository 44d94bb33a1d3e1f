import type { Conf } from "../config/conf.ts";
import { type ConfRow, confRows } from "../config/conf_rows.ts";
import { formatDuration } from "../config/duration.ts";

/** One key with two values, both as an operator writes them. */
export interface KeyChange {
  /** Its path, such as `agent.detection.interval`. */
  readonly key: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** What becomes of a changed `conf.yml` in an agent that runs. */
export interface ReloadPlan {
  /** What the agent goes on with. */
  readonly conf: Conf;
  /** Taken over, all at once. */
  readonly taken: readonly KeyChange[];
  /** Differ from what the agent runs with, and need a restart. */
  readonly restart: readonly KeyChange[];
  /** Could be taken over, but wait for the restart: they were changed together with a key that needs it. */
  readonly waiting: readonly KeyChange[];
}

/** Three states of one file. */
export interface ReloadInputs {
  /** What the agent runs with. */
  readonly running: Conf;
  /** What the file said last. */
  readonly seen: Conf;
  /** What the file says now. */
  readonly wanted: Conf;
}

/**
 * Decides which keys of a changed file a running agent takes over. A change is taken over whole or not at all: one that
 * has a key that needs a restart waits for it, and a later one without such a key is taken over meanwhile.
 */
export function planReload({ running, seen, wanted }: ReloadInputs): ReloadPlan {
  const open = rows().filter((row) => differs(row, { running, wanted }));
  const changed = open.filter((row) => differs(row, { running: seen, wanted }));
  const isWhole = open.every(({ reload }) => reload);
  const due = isWhole ? open : changed.every(({ reload }) => reload) ? changed : [];
  const told = (rows: readonly ConfRow[]) => rows.map((row) => changeOf(row, { running, wanted }));
  return {
    conf: withKeys(running, { rows: due, wanted }),
    taken: told(due),
    restart: told(open.filter(({ reload }) => !reload)),
    waiting: told(open.filter((row) => row.reload && !due.includes(row))),
  };
}

/** Keys that the agent reads. What is inside a list belongs to the list, which is compared as a whole. */
function rows(): ConfRow[] {
  return confRows().filter(({ name, readBy }) => readBy.includes("agent") && !name.includes("[]"));
}

type Pair = Pick<ReloadInputs, "running" | "wanted">;

function differs({ name }: ConfRow, { running, wanted }: Pair): boolean {
  return JSON.stringify(valueAt(running, name) ?? null) !== JSON.stringify(valueAt(wanted, name) ?? null);
}

function changeOf(row: ConfRow, { running, wanted }: Pair): KeyChange {
  return { key: row.name, from: shown(row, running), to: shown(row, wanted) };
}

function shown({ name, type }: ConfRow, conf: Conf): unknown {
  const value = valueAt(conf, name);
  return type === "duration" && typeof value === "number" ? formatDuration(value) : value ?? null;
}

function withKeys(running: Conf, { rows, wanted }: { rows: readonly ConfRow[]; wanted: Conf }): Conf {
  const conf = structuredClone(running);
  for (const { name } of rows) {
    const last = name.split(".").at(-1) ?? "";
    const group = valueAt(conf, name.slice(0, -last.length - 1));
    if (isMapping(group)) group[last] = structuredClone(valueAt(wanted, name));
  }
  return conf;
}

/** @param path empty for `conf` itself */
function valueAt(conf: Conf, path: string): unknown {
  const keys = path === "" ? [] : path.split(".");
  return keys.reduce<unknown>((value, key) => isMapping(value) ? value[key] : undefined, conf);
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
