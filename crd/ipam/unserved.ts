import type { Waiting } from "./waiting.ts";

/** Answers those who asked of a pool that does not exist: nothing of theirs is in it. */
export function settleMissing(items: readonly Waiting[]): void {
  for (const { request, settle } of items) {
    if (request.kind === "release") settle({ kind: "released", addresses: [] });
    else if (request.kind === "quarantine") settle({ kind: "quarantined", addresses: [] });
    else settle({ kind: "refused", reason: { code: "failed", detail: "does not exist" } });
  }
}

/** Answers those who asked of a pool that nobody can read: claims may go elsewhere, the others learn why. */
export function settleUnreadable(items: readonly Waiting[], err: Error): void {
  for (const { request, settle, fail } of items) {
    if (request.kind === "claim") settle({ kind: "refused", reason: { code: "failed", detail: err.message } });
    else fail(err);
  }
}
