/** Kinds that control Pods: the fields that are read here. Source: Kubernetes API reference, `apps/v1` and `batch/v1`. */
import type { LabelSelector } from "../generated/mod.ts";
import type { KubeObject, ResourceType } from "../kube/contract.ts";

/** What Pods are made from. */
export interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
}

/** A ReplicaSet. */
export interface ReplicaSet extends KubeObject {
  apiVersion: "apps/v1";
  kind: "ReplicaSet";
  spec: ReplicatedSpec;
}

/** A Deployment. */
export interface Deployment extends KubeObject {
  apiVersion: "apps/v1";
  kind: "Deployment";
  spec: ReplicatedSpec;
}

/** What ReplicaSet, Deployment and StatefulSet have in common. */
export interface ReplicatedSpec {
  /** @default 1 */
  replicas?: number;
  selector?: LabelSelector;
  template?: PodTemplate;
}

/** A StatefulSet. */
export interface StatefulSet extends KubeObject {
  apiVersion: "apps/v1";
  kind: "StatefulSet";
  spec: ReplicatedSpec & {
    /** `start` is the number of the first Pod, 0 by default. */
    ordinals?: { start?: number };
  };
}

/** A DaemonSet. */
export interface DaemonSet extends KubeObject {
  apiVersion: "apps/v1";
  kind: "DaemonSet";
  spec: { selector?: LabelSelector; template?: PodTemplate };
  status?: { desiredNumberScheduled?: number };
}

/** A Job. */
export interface Job extends KubeObject {
  apiVersion: "batch/v1";
  kind: "Job";
  spec: JobSpec;
}

/** What a Job is to do. */
export interface JobSpec {
  /** Pods at the same time. @default 1 */
  parallelism?: number;
  /** Pods that must succeed; absent: one of them. */
  completions?: number;
  template?: PodTemplate;
}

/** A CronJob. */
export interface CronJob extends KubeObject {
  apiVersion: "batch/v1";
  kind: "CronJob";
  spec: { jobTemplate?: { spec?: JobSpec } };
}

/** {@linkcode ReplicaSet} on the wire. */
export const replicaSets: ResourceType<ReplicaSet> = apps("ReplicaSet");

/** {@linkcode Deployment} on the wire. */
export const deployments: ResourceType<Deployment> = apps("Deployment");

/** {@linkcode StatefulSet} on the wire. */
export const statefulSets: ResourceType<StatefulSet> = apps("StatefulSet");

/** {@linkcode DaemonSet} on the wire. */
export const daemonSets: ResourceType<DaemonSet> = apps("DaemonSet");

/** {@linkcode Job} on the wire. */
export const jobs: ResourceType<Job> = batch("Job");

/** {@linkcode CronJob} on the wire. */
export const cronJobs: ResourceType<CronJob> = batch("CronJob");

function apps<T extends KubeObject>(kind: T["kind"]): ResourceType<T> {
  return { group: "apps", version: "v1", kind, plural: `${kind.toLowerCase()}s`, namespaced: true, hasStatus: true };
}

function batch<T extends KubeObject>(kind: T["kind"]): ResourceType<T> {
  return { group: "batch", version: "v1", kind, plural: `${kind.toLowerCase()}s`, namespaced: true, hasStatus: true };
}
