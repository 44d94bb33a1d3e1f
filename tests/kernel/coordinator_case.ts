import { openDescriptors } from "../../net/ffi/mod.ts";
import { CoordinatorStage } from "../shared/coordinator_stage.ts";
import { assertNoLeak, needsNetns } from "../shared/netns.ts";
import { firstReason, needsCommand, testUnless } from "../shared/skip.ts";

/** Registers a test that gets a stage of its own; what it opens must be closed after it. */
export function stageTest(name: string, body: (stage: CoordinatorStage) => void): void {
  testUnless(firstReason(needsNetns(), needsCommand("ping")), {
    name,
    fn() {
      const before = new Set(openDescriptors());
      {
        using stage = new CoordinatorStage();
        body(stage);
      }
      assertNoLeak(before);
    },
  });
}
