import { systemClock } from "../../net/base/clock.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import { arrayOr, at, type Json, objectOr } from "../apiserver/json.ts";
import { readSpiderpoolCrds } from "../apiserver/spiderpool_crds.ts";
import { call, eventually, jsonCall, pick } from "./call.ts";

const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/**
 * Installs CRDs where they are not, and waits until they are served.
 *
 * @param wanted the CRDs, those of the project where nothing else is said
 * @throws {Error} if the server refuses one, or has not established it after a minute
 */
export async function installCrds(
  transport: KubeTransport,
  wanted: readonly unknown[] = readSpiderpoolCrds(),
): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    const items = arrayOr(pick(await jsonCall(transport, { method: "GET", path }), "items"));
    const missing = wanted.filter((crd) => !items.some((item) => nameOf(item) === nameOf(crd) && isServed(item)));
    if (missing.length === 0) return await untilServed(transport, wanted);
    await Promise.all(missing.map((body) => create(transport, body)));
    await systemClock.sleep(50);
  }
  throw new Error("Cannot use the CustomResourceDefinitions: some are not established after a minute");
}

/** The server says that a definition is established, and answers by it once its own watch has told that, too. */
async function untilServed(transport: KubeTransport, wanted: readonly unknown[]): Promise<void> {
  await Promise.all(
    wanted.map((crd) => crd as Json).map(async (crd) => { // from JSON
      const collection = `/apis/${pick(crd, "spec.group")}/${pick(crd, "spec.versions.0.name")}/${
        pick(crd, "spec.names.plural")
      }`;
      await eventually(`${collection} is served`, async () => {
        return (await call(transport, { method: "GET", path: collection, query: { limit: "1" } })).status === 200;
      });
    }),
  );
}

/** One that is there is left alone: it may still be leaving, or not yet be established. */
async function create(transport: KubeTransport, body: unknown): Promise<void> {
  const { status } = await call(transport, { method: "POST", path, body });
  if (status !== 201 && status !== 409) throw new Error(`Cannot install a CustomResourceDefinition: HTTP ${status}`);
}

function nameOf(crd: unknown): Json | undefined {
  return pick(crd as Json, "metadata.name"); // both come from JSON
}

function isServed(crd: Json): boolean {
  const conditions = arrayOr(at(objectOr(objectOr(crd).status), "conditions")).map(objectOr);
  const has = (type: string) => conditions.some((item) => item.type === type && item.status === "True");
  return has("Established") && !has("Terminating");
}
