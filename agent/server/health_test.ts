import assert from "node:assert/strict";
import { createHealthHandlers } from "./health.ts";
import { createRouter } from "./router.ts";
import { requestOf } from "./router_fixture.ts";

const health: { name: string; started: boolean; ready: boolean; socket: boolean; want: number[] }[] = [
  { name: "all is well", started: true, ready: true, socket: true, want: [200, 200, 200] },
  { name: "starting", started: false, ready: false, socket: true, want: [500, 500, 200] },
  { name: "caches are not synced", started: true, ready: false, socket: true, want: [200, 500, 200] },
  { name: "the socket is silent", started: true, ready: true, socket: false, want: [200, 500, 500] },
];
for (const { name, started, ready, socket, want } of health) {
  Deno.test(`agent rows 6.5, 6.6, 6.7: createHealthHandlers(): ${name}`, async () => {
    const askSocket = () => socket ? Promise.resolve() : Promise.reject(new Error("silent"));
    const router = createRouter(createHealthHandlers({ started: () => started, ready: () => ready, askSocket }));
    const probes = ["startup", "readiness", "liveness"].map((probe) =>
      router(requestOf({ line: `GET /v1/runtime/${probe}` }), new AbortController().signal)
    );
    assert.deepEqual((await Promise.all(probes)).map(({ status }) => status), want);
  });
}
