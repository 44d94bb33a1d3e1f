/** Events about a Pod of a test's cluster. */
import { type Body, type Cluster } from "./ipam_cluster.ts";

/** An Event as the API server has it, as far as tests look at it. */
export interface EventBody {
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly type: string;
  readonly involvedObject: Body;
}

/** Events about the Pod of `ns1` with this UID. A real API server has others, too: of former tests and of its controllers. */
export async function podEvents(cluster: Cluster, podUID: string): Promise<EventBody[]> {
  const response = await cluster.transport.request({ method: "GET", path: "/api/v1/namespaces/ns1/events" });
  const { items }: { readonly items: EventBody[] } = JSON.parse(await new Response(response.body).text());
  return items.filter(({ involvedObject }) => involvedObject.uid === podUID);
}

/** The same, once there is one. */
export async function someEvents(cluster: Cluster, podUID: string): Promise<EventBody[]> {
  await cluster.until("there is an Event", async () => (await podEvents(cluster, podUID)).length > 0);
  return await podEvents(cluster, podUID);
}
