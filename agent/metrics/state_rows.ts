import { counter, gauge, histogram } from "./metric_row.ts";

/** What IPAM does and holds now. */
export const ipamRows = {
  inProgress: gauge({
    name: "spiderpool_ipam_allocations_in_progress",
    help: "Requests for addresses that run or wait for their Pod's turn",
  }),
  freeWaiters: gauge({
    name: "spiderpool_ipam_free_address_waiters",
    help: "Requests for addresses that wait, holding nothing, for an address or an IPPool",
  }),
  journal: gauge({
    name: "spiderpool_ipam_journal_entries",
    help: "Attachments that may hold addresses which no SpiderEndpoint lists yet",
  }),
  journalOldest: gauge({
    name: "spiderpool_ipam_journal_oldest_seconds",
    help: "Age of the oldest attachment in the journal; that of an ADD that goes well is gone within its deadline",
  }),
  owed: gauge({
    name: "spiderpool_ipam_owed_releases",
    help: "Releases that plugins asked for in vain and that this agent is still to carry out",
  }),
  owedFailing: gauge({
    name: "spiderpool_ipam_owed_release_failing_seconds",
    help: "Time since the owed release that has failed for longest first failed; those that only wait for a Pod that " +
      "lives have not failed",
  }),
  carriedOut: counter({
    name: "spiderpool_ipam_owed_releases_carried_out_total",
    help: "Releases that plugins asked for in vain and that this agent has carried out since",
  }),
  quarantined: counter({
    name: "spiderpool_ipam_conflicting_addresses_total",
    help: "Addresses set aside because somebody else in the network answered for them",
  }),
} as const;

const perPool = ["ippool"] as const;

/** IPPools as this agent last saw them; see {@linkcode MAX_POOLS}. */
export const poolRows = {
  size: gauge({ name: "spiderpool_ippool_size_addresses", help: "Addresses that the IPPool offers", labels: perPool }),
  used: gauge({
    name: "spiderpool_ippool_used_addresses",
    help: "Addresses of the IPPool that are recorded, those in quarantine included",
    labels: perPool,
  }),
  quarantined: gauge({
    name: "spiderpool_ippool_quarantined_addresses",
    help: "Addresses of the IPPool set aside after a conflict",
    labels: perPool,
  }),
  reserved: gauge({
    name: "spiderpool_ippool_reserved_addresses",
    help: "Addresses of the IPPool that SpiderReservedIPs set aside",
    labels: perPool,
  }),
  free: gauge({
    name: "spiderpool_ippool_free_addresses",
    help: "Addresses of the IPPool that can be handed out",
    labels: perPool,
  }),
  current: gauge({
    name: "spiderpool_ippool_current",
    help: "1 if no watch has told of a newer state of the IPPool than the one shown, else 0",
    labels: perPool,
  }),
  committer: gauge({
    name: "spiderpool_ippool_committer",
    help: "1 if this agent is the one that should write the IPPool, else 0",
    labels: perPool,
  }),
  queue: gauge({
    name: "spiderpool_ippool_queue_requests",
    help: "Requests that wait in this agent for the IPPool's next write",
    labels: perPool,
  }),
  hidden: gauge({
    name: "spiderpool_ippools_not_shown",
    help: "IPPools that this agent knows and that are left out, because too many would be shown",
  }),
} as const;

/** Writes of IPPools by this agent, for itself and for its peers. */
export const commitRows = {
  commits: counter({
    name: "spiderpool_ippool_commits_total",
    help: "Writes of IPPools by what came of them: done, conflict, refused, unknown",
    labels: ["outcome"],
  }),
  claims: histogram({
    name: "spiderpool_ippool_commit_claims",
    help: "Claims that one successful write of an IPPool carried",
    buckets: [0, 1, 2, 5, 10, 20, 50, 100, 200, 500],
  }),
} as const;

/** The cluster as the agent sees it. */
export const clusterRows = {
  requests: counter({
    name: "spiderpool_kube_requests_total",
    help: "Requests to the API server by verb, resource and HTTP status; the code is error where no answer came",
    labels: ["verb", "resource", "code"],
  }),
  seconds: histogram({
    name: "spiderpool_kube_request_duration_seconds",
    help: "Time until the API server's answer began, of all requests but watches",
    labels: ["verb"],
  }),
  watchSynced: gauge({
    name: "spiderpool_watch_synced",
    help: "1 while the agent's copy of the resource follows the API server, else 0",
    labels: ["resource"],
  }),
  watchLag: gauge({
    name: "spiderpool_watch_lag_seconds",
    help: "Time since the API server last said anything about the resource; it does about once a minute",
    labels: ["resource"],
  }),
} as const;

const perServer = ["server"] as const;

/** The agent's own servers: plugins, probes, metrics, peers. */
export const serverRows = {
  connections: gauge({
    name: "spiderpool_server_connections",
    help: "Connections to the server: plugins (the socket), probes, metrics, peers (other agents)",
    labels: perServer,
  }),
  waiting: gauge({
    name: "spiderpool_server_waiting_connections",
    help: "Connections to the server that have not sent a whole request",
    labels: perServer,
  }),
  evicted: counter({
    name: "spiderpool_server_evicted_connections_total",
    help: "Connections that waited for a request and were closed because others needed the room",
    labels: perServer,
  }),
  largeBodies: gauge({
    name: "spiderpool_server_large_body_bytes",
    help: "Memory kept for request bodies above 16 KiB; when it has reached its bound they are refused with status 503",
    labels: perServer,
  }),
} as const;

/** The node. */
export const nodeRows = {
  sysctls: gauge({
    name: "spiderpool_sysctl_outcome",
    help: "1 for what became of a kernel parameter at start: set, kept, missing, refused",
    labels: ["sysctl", "outcome"],
  }),
} as const;
