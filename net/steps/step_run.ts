import { isNetlinkError } from "../netlink/mod.ts";
import { doStep } from "./do_step.ts";
import { formatStep } from "./format_step.ts";
import type { Step } from "./step.ts";
import type { StepKernel } from "./step_netns.ts";
import type { Undo } from "./undo.ts";

/** A step that could not be made, and what became of those before it. */
export class StepError extends Error {
  override readonly name = "StepError";

  /** @param notUndone what could not be taken back; empty: nothing is left of the others */
  constructor(readonly step: Step, readonly notUndone: readonly Error[], options: { cause: unknown }) {
    const reason = options.cause instanceof Error ? options.cause.message : String(options.cause);
    const left = notUndone.map(({ message }) => `; not undone: ${message}`).join("");
    super(`Cannot do \`${formatStep(step)}\`: ${reason}${left}`, options);
  }
}

/** Told before each step. */
export type StepWatcher = (step: Step) => void;

/** Steps that are made one after the other, and taken back together. */
export class StepRun {
  readonly #kernel: StepKernel;
  readonly #before: StepWatcher;
  readonly #undos: Undo[] = [];

  constructor(kernel: StepKernel, before: StepWatcher = () => undefined) {
    this.#kernel = kernel;
    this.#before = before;
  }

  /** Makes `steps` in order. @throws {StepError} after undoing all that this run did */
  apply(steps: readonly Step[]): void {
    for (const step of steps) {
      try {
        this.#before(step);
        this.#undos.push(doStep(step, this.#kernel));
      } catch (err) {
        throw new StepError(step, this.undo(), { cause: err });
      }
    }
  }

  /** Puts back what was there before, the last change first. @returns what went wrong; the rest is taken back all the same */
  undo(): Error[] {
    const problems: Error[] = [];
    for (const undo of this.#undos.splice(0).reverse()) {
      try {
        undo();
      } catch (err) {
        if (isNetlinkError(err, "ENODEV")) continue; // it went with its link
        problems.push(err instanceof Error ? err : new Error(String(err)));
      }
    }
    return problems;
  }
}
