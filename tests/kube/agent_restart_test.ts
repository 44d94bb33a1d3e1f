/** Agents of one node, one after the other, under a load of ADDs and DELs: real processes over an embedded API server. */
import assert from "node:assert/strict";
import { nodes } from "../../crd/core/mod.ts";
import { spiderEndpoints, spiderIPPools } from "../../crd/generated/mod.ts";
import { PoolRecords } from "../../crd/ipam/records.ts";
import { resourceClient } from "../../crd/kube/client.ts";
import type { KubeObject, ResourceType } from "../../crd/kube/contract.ts";
import { systemClock } from "../../net/base/clock.ts";
import { AgentProcess } from "../shared/agent_process.ts";
import { agentCommand, tempParent } from "../shared/executable.ts";
import { newEmbeddedApi } from "./api_under_test.ts";
import { type Attachment, CniLoad } from "./cni_load.ts";
import { kind } from "./ipam_bodies.ts";

const PER_SECOND = 50;
/** Pods that start before and after each change of the agent. */
const PODS_BETWEEN = 60;
/** Longer than the next agent needs to start on a busy machine; the held ADD must not end by itself. */
const HOLD = "25s";

/** A node with its API server and the files of its agents. */
class RestartWorld implements AsyncDisposable {
  readonly api = newEmbeddedApi();
  readonly folder: string;
  readonly #served: Awaited<ReturnType<typeof this.api.serve>>;
  readonly #command: readonly string[] | undefined;
  readonly #agents: AgentProcess[] = [];

  private constructor(parts: { folder: string; served: unknown; command: readonly string[] | undefined }) {
    this.folder = parts.folder;
    this.#command = parts.command;
    this.#served = parts.served as typeof this.#served;
  }
}
