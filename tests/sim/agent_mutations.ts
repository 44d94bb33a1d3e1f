/** Deliberately broken agents and garbage collection: the checker has to notice each of them. */
import type { IpamService } from "../../agent/api/service.ts";
import type { IpamAddArgs } from "../../agent/api/types.ts";
import type { Journal } from "../../agent/ipam/mod.ts";
import { PoolRecords } from "../../crd/ipam/records.ts";
import type { PoolClaims } from "../../crd/ipam/requests.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import { changeRecords, type PoolJson, readJson, withPoolReads } from "./mutation_json.ts";
import type { Mutation } from "./world.ts";

/** As if an ADD noted nothing before it claims. */
export function withoutJournal(journal: Journal): Journal {
  return { ...journal, put: () => Promise.resolve() };
}

/** As if a record belonged to whoever has the Pod's name. */
export function identityByName(): Mutation {
  const uids = new Map<string, string>();
  return {
    service: (service) => ({
      ...service,
      add(args, signal) {
        uids.set(`${args.podNamespace}/${args.podName}`, args.podUID);
        return service.add(args, signal);
      },
    }),
    transport: (transport) =>
      withPoolReads(transport, (pool) => {
        changeRecords(pool, (records) => {
          for (const record of Object.values(records)) record.podUid = uids.get(record.pod) || record.podUid;
        });
      }),
  };
}

/** As if a DEL meant whichever Pod of its name came last. */
export function delOfCurrentPod(service: IpamService): IpamService {
  const last = new Map<string, IpamAddArgs>();
  return {
    ...service,
    add(args, signal) {
      last.set(args.podName, args);
      return service.add(args, signal);
    },
    release(args, signal) {
      const { podUID = args.podUID, containerID = args.containerID } = last.get(args.podName) ?? {};
      return service.release({ ...args, podUID, containerID }, signal);
    },
  };
}

/** As if a release went by address alone, whoever holds it by now. */
export function withoutFence(claims: PoolClaims, transport: KubeTransport): PoolClaims {
  return new Proxy(claims, {
    get(target, property: keyof PoolClaims) {
      if (property !== "release") return target[property].bind(target);
      return (async (request, options) => {
        const path = `/apis/spiderpool.spidernet.io/v2beta1/spiderippools/${request.pool}`;
        const pool = await readJson<Partial<PoolJson>>(await transport.request({ method: "GET", path }));
        const records = PoolRecords.parse(pool.status?.allocatedIPs);
        const podUid = records.get(request.addresses?.[0] ?? "")?.podUid ?? request.podUid;
        return await target.release({ ...request, podUid }, options);
      }) satisfies PoolClaims["release"];
    },
  });
}
