import assert from "node:assert/strict";
import { type PlanCase, stepsOf } from "./plan_fixture.ts";

/** Some steps of a plan. */
export interface PlanExcerpt extends PlanCase {
  /** Begins with the row of the scenario table. */
  readonly name: string;
  /** Which steps are compared. */
  readonly only: RegExp;
  /** All of them, in order. */
  readonly want: readonly string[];
}

/** Registers a test for each. */
export function testExcerpts(excerpts: readonly PlanExcerpt[]): void {
  for (const { name, only, want, ...planCase } of excerpts) {
    Deno.test(`plugins row ${name}`, () => {
      assert.deepEqual(stepsOf(planCase).filter((step) => only.test(step)), want);
    });
  }
}
