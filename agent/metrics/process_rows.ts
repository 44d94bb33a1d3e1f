import { counter, gauge, histogram } from "./metric_row.ts";

/** About the program. */
export const infoRows = {
  build: gauge({
    name: "spiderpool_build_info",
    help: "Always 1; the labels tell which program runs",
    labels: ["version", "commit", "deno"],
  }),
  target: gauge({
    name: "target_info",
    help: "Always 1; what upstream's instruments tell of themselves",
    labels: ["service_name", "telemetry_sdk_name", "telemetry_sdk_language", "telemetry_sdk_version"],
    scope: "process",
  }),
  otelScope: gauge({
    name: "otel_scope_info",
    help: "Always 1; the scopes that series are labelled with",
    labels: ["otel_scope_name", "otel_scope_version"],
    scope: "process",
  }),
} as const;

/** The process, under the names that every exporter has. */
export const processRows = {
  cpu: counter({
    name: "process_cpu_seconds_total",
    help: "User and system time of the process",
    scope: "process",
  }),
  resident: gauge({
    name: "process_resident_memory_bytes",
    help: "Memory of the process that is resident",
    scope: "process",
  }),
  openFiles: gauge({
    name: "process_open_fds",
    help: "File descriptors that are open, of the first 16384",
    waits: true,
    scope: "process",
  }),
  started: gauge({
    name: "process_start_time_seconds",
    help: "When the process started, in seconds since the epoch",
    scope: "process",
  }),
  heapUsed: gauge({ name: "spiderpool_process_heap_used_bytes", help: "Memory that objects take in V8's heap" }),
  heapSize: gauge({ name: "spiderpool_process_heap_size_bytes", help: "Size of V8's heap" }),
  external: gauge({
    name: "spiderpool_process_external_memory_bytes",
    help: "Memory outside V8's heap that its objects hold",
  }),
  loopLag: histogram({
    name: "spiderpool_process_event_loop_lag_seconds",
    help: "How much later than asked for a timer rang, twice a second",
    buckets: [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3, 0.5, 1, 3],
  }),
} as const;
