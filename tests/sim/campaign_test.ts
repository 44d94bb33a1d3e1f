import assert from "node:assert/strict";
import { type Episode, runCampaign, textOfEpisode } from "./campaign.ts";
import { CampaignProgress } from "./campaign_progress.ts";

const seeds = [1, 2];
const sizes = { operations: 250, episode: 100 };

async function campaign(
  { known = [], fails = () => false }: { known?: string[]; fails?: (episode: Episode) => boolean },
) {
  const played: string[] = [];
  const lines: string[] = [];
  let nowMs = 0;
  const progress = new CampaignProgress({ ...sizes, seeds, now: () => nowMs, print: (line) => lines.push(line) });
  const play = (episode: Episode) => {
    played.push(textOfEpisode(episode));
    nowMs += 6000;
    return Promise.resolve({ steps: 1, simulatedMs: 1, ...fails(episode) && { violation: "I1" } });
  };
  const onEpisode = progress.add.bind(progress);
  const failed = await runCampaign({ ...sizes, seeds, players: [play], known: new Set(known), onEpisode });
  return { failed, played, lines };
}

Deno.test("runCampaign() plays all episodes of all seeds, and tells how far it is", async () => {
  const { failed, played, lines } = await campaign({});
  assert.equal(failed, undefined);
  const [first, second] = [1_000_003, 2_000_006];
  const all = [first, second].flatMap((seed) => [`${seed} 100`, `${seed + 1} 100`, `${seed + 2} 50`]);
  assert.deepEqual(played, all);
  assert.deepEqual(lines, [
    "seed 1: 200 of 500 operations, 17/s, 0.3 min left",
    "seed 1: 250 operations, all invariants held, 18 s after the beginning",
    "seed 2: 350 of 500 operations, 15/s, 0.2 min left",
    "seed 2: 250 operations, all invariants held, 36 s after the beginning",
    "seed 2: 500 of 500 operations, 14/s, 0.0 min left",
  ]);
});

Deno.test("runCampaign() does not play again what is known to be clean", async () => {
  const known = ["1000003 100", "2000006 100", "1000004 99"];
  const { played } = await campaign({ known });
  assert.deepEqual(played, ["1000004 100", "1000005 50", "2000007 100", "2000008 50"]);
});

Deno.test("runCampaign() stops at the first episode that fails", async () => {
  const { failed, played } = await campaign({ fails: ({ seed }) => seed === 1_000_004 });
  assert.deepEqual(failed, { seed: 1_000_004, operations: 100 });
  assert.equal(played.length, 2);
});
