/** What `up` notes for later commands. */
import { removeTree, tryReadText, writeWhole } from "./files.ts";
import type { Identity } from "./kubeconfig.ts";

/** Notes of a running control plane or cluster. */
export interface State {
  /** Port of the API server on the host's 127.0.0.1. */
  readonly port: number;
  /** Number of nodes; 0 for a control plane alone. */
  readonly nodes: number;
  /** Who may talk to the API server. */
  readonly identities: readonly Identity[];
}

/** Reads the notes at `path`; `undefined` if there are none, or they are no such notes. */
export async function readState(path: string): Promise<State | undefined> {
  const text = await tryReadText(path);
  return text === undefined ? undefined : parseState(text);
}

/** Writes the notes to `path`; only root reads them, for there are tokens in them. */
export async function writeState(path: string, state: State): Promise<void> {
  await writeWhole(path, { text: `${JSON.stringify(state, undefined, 2)}\n`, mode: 0o600 });
}

/** Forgets the notes. */
export async function forgetState(path: string): Promise<void> {
  await removeTree(path);
}

function parseState(text: string): State | undefined {
  const value: unknown = JSON.parse(text);
  return isState(value) ? value : undefined;
}

function isState(value: unknown): value is State {
  if (typeof value !== "object" || value === null) return false;
  const { port, nodes, identities } = value as Partial<Record<keyof State, unknown>>;
  return typeof port === "number" && typeof nodes === "number" && Array.isArray(identities) &&
    identities.every(isIdentity);
}

function isIdentity(value: unknown): value is Identity {
  if (typeof value !== "object" || value === null) return false;
  const { user, groups, token } = value as Partial<Record<keyof Identity, unknown>>;
  return typeof user === "string" && typeof token === "string" && Array.isArray(groups);
}
