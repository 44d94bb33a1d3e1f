import { FakeClock } from "../../net/base/fake_clock.ts";
import { resourceClient } from "./client.ts";
import type { ResourceClient, ResourceClientOptions } from "./client_types.ts";
import type { KubeObject, KubeTransport, ResourceType } from "./contract.ts";

/** A Kind for tests. */
export interface Widget extends KubeObject {
  spec?: { size: number };
}

/** Its resource. */
export const type: ResourceType<Widget> = {
  group: "example.io",
  version: "v2",
  kind: "Widget",
  plural: "widgets",
  namespaced: true,
  hasStatus: true,
};
/** Its type fields. */
export const head = { apiVersion: "example.io/v2", kind: "Widget" };
/** Key of {@linkcode widget}. */
export const key = { name: "w", namespace: "a" };
/** A widget as the server has it. */
export const widget: Widget = { ...head, metadata: { ...key, resourceVersion: "7" }, spec: { size: 1 } };
/** The same without spec. */
export const metadataOnly = { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata: widget.metadata };
/** What is asked for to get metadata alone. */
export const METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
/** The same of a list. */
export const METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
/** Path of the group and version. */
export const root = "/apis/example.io/v2";
/** Path of {@linkcode widget}. */
export const path = `${root}/namespaces/a/widgets/w`;

/** A client of widgets whose clock stands still. */
export function clientOf(
  transport: KubeTransport,
  options: Partial<ResourceClientOptions<Widget>> = {},
): ResourceClient<Widget> {
  return resourceClient(transport, type, { clock: new FakeClock(), ...options });
}
