import assert from "node:assert/strict";
import type { CoordinatorConfig, GetCoordinatorArgs } from "../api/mod.ts";
import { createCoordinatorHandlers } from "./coordinator_handler.ts";
import type { HttpRequest } from "./http.ts";
import { createRouter } from "./router.ts";

const config: CoordinatorConfig = {
  mode: "auto",
  overlayPodCIDR: [],
  serviceCIDR: [],
  tunePodRoutes: false,
  podRPFilter: 0,
};

async function ask(target: string, body = "") {
  const seen: GetCoordinatorArgs[] = [];
  const handlers = createCoordinatorHandlers({
    config(args) {
      seen.push(args);
      return args.podName === "lost"
        ? Promise.reject(new Error("failed to get pod ns1/lost"))
        : Promise.resolve(config);
    },
  });
  const [path = "", query = ""] = target.split("?");
  const request: HttpRequest = {
    method: "GET",
    path,
    query: new URLSearchParams(query),
    headers: new Map([["content-type", "application/json"]]),
    body: new TextEncoder().encode(body),
    keepAlive: false,
  };
  const { status, body: text } = await createRouter(handlers)(request, new AbortController().signal);
  return { status, text, seen };
}

const route = "/v1/coordinator/config";
const pod = { podName: "p", podNamespace: "ns1" };

Deno.test("GET /v1/coordinator/config reads the Pod in the body, and sends what is required even when it is empty", async () => {
  const { status, text, seen } = await ask(route, JSON.stringify(pod));
  assert.deepEqual([status, seen], [200, [pod]]);
  assert.equal(
    text,
    '{"hijackCIDR":null,"mode":"auto","overlayPodCIDR":[],"policyRoutes":null,"serviceCIDR":[],"tunePodRoutes":false}\n',
  );
});

Deno.test("GET /v1/coordinator/config takes the Pod from the query where there is no body", async () => {
  const { seen } = await ask(`${route}?podName=p&podNamespace=ns1`);
  assert.deepEqual(seen, [pod]);
});

Deno.test("GET /v1/coordinator/config needs one of them, and says so as upstream does (agent row 7.1)", async () => {
  const { status, text } = await ask(route);
  assert.deepEqual([status, JSON.parse(text ?? "")], [422, {
    code: 602,
    message: "getCoordinatorConfig in body is required",
  }]);
});

Deno.test("GET /v1/coordinator/config answers 500 with the reason as a bare string", async () => {
  const { status, text } = await ask(route, JSON.stringify({ ...pod, podName: "lost" }));
  assert.deepEqual([status, text], [500, '"failed to get pod ns1/lost"\n']);
});
