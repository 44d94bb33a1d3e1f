import type { Dice } from "./dice.ts";
import { migrateVm, startVm, stopVm } from "./draw_vm.ts";
import type { EndStyle, Operation } from "./operation.ts";
import { peersName } from "./partitions.ts";
import type { PodLife } from "./pod_life.ts";
import { podNetworks, poolSpecs, recreatablePool, statefulNetworks, upstreamNetworks } from "./pool_specs.ts";
import { MAX_REPLICAS } from "./stateful_set.ts";
import type { VmState } from "./vms.ts";

/** Names of Pods without an owner; each is used again and again. */
const BARE_NAMES = ["bare-a", "bare-b", "bare-c", "bare-d", "bare-e"];
/** About as many Pods as make the pools overflow at times. */
const CROWD = 13;
/** Draws until one can be done. */
const TRIES = 20;

/** What an operation is drawn from. */
export interface Scene {
  /** The number of the operation. */
  readonly id: number;
  readonly lives: readonly PodLife[];
  /** Names of the nodes with an agent of ours. */
  readonly nodes: readonly string[];
  readonly upstreamNode: string;
  /** Names that the StatefulSet wants now. */
  readonly stateful: readonly string[];
  /** How its Pods are connected from now on. */
  readonly statefulNetwork: number;
  readonly vms: readonly VmState[];
}

type Draw = (scene: Scene, dice: Dice) => Operation | undefined;

/** How many times as often as usual an operation is drawn. */
export type Mix = Partial<Readonly<Record<Operation["do"], number>>>;

/** Draws the next operation; one that can be done now. */
export function drawOperation(scene: Scene, { dice, mix }: { dice: Dice; mix: Mix }): Operation {
  const isCrowded = scene.lives.length > CROWD;
  const draws: readonly (readonly [Operation["do"], number, Draw])[] = [
    ["create", isCrowded ? 8 : 28, create],
    ["end", isCrowded ? 28 : 12, (scene) => onLife(scene, dice, { of: isUp, make: end })],
    ["end", 6, (scene) => onLife(scene, dice, { of: isAdding, make: end })],
    ["end", 4, (scene) => onLife(scene, dice, { of: isWaiting, make: end })],
    ["replace-sandbox", 8, (scene) => onLife(scene, dice, { of: isUp, make: doing("replace-sandbox") })],
    ["repeat-add", 8, (scene) => onLife(scene, dice, { of: isUp, make: doing("repeat-add") })],
    ["check", 4, (scene) => onLife(scene, dice, { of: isUp, make: doing("check") })],
    ["conflict", 2, (scene) => onLife(scene, dice, { of: isUp, make: doing("conflict") })],
    ["hang-up", 4, (scene) => onLife(scene, dice, { of: isAdding, make: doing("hang-up") })],
    ["kill", 1.2, ({ nodes }) => ({ do: "kill", node: dice.pick(nodes), steps: dice.below(14) })],
    ["scan", 1, () => ({ do: "scan" })],
    ["edit-pool", 1, () => editPool(dice)],
    ["recreate-pool", 0.2, () => ({ do: "recreate-pool", pool: recreatablePool, forMs: dice.between(100, 20_000) })],
    ["reserve", 1, () => ({ do: "reserve", address: anAddress(dice), forMs: dice.between(1000, 200_000) })],
    ["scale", 0.6, () => ({ do: "scale", replicas: 1 + dice.below(MAX_REPLICAS) })],
    ["retemplate", 0.3, () => ({ do: "retemplate", network: dice.pick(statefulNetworks) })],
    ["start-vm", 3, startVm],
    ["migrate-vm", 2.5, migrateVm],
    ["stop-vm", 1.2, stopVm],
    ["partition", 0.6, ({ nodes }) => partition(nodes, dice)],
    ["slow-down", 0.5, ({ nodes }) => slowDown(nodes, dice)],
    ["storm", 0.4, ({ nodes }) => storm(nodes, dice)],
    ["step-clock", 0.4, ({ nodes }) => ({ do: "step-clock", node: dice.pick(nodes), byMs: dice.between(-2000, 2000) })],
    ["compact", 0.5, () => ({ do: "compact" })],
    ["lull", 0.05, () => ({ do: "lull" })],
  ];
  const options = draws.map(([verb, weight, draw]) => [weight * (mix[verb] ?? 1), draw] as const);
  for (let tries = 0; tries < TRIES; tries++) {
    const operation = dice.weighted(options)(scene, dice);
    if (operation !== undefined) return operation;
  }
  return { do: "scan" };
}

/** An operation that only names the Pod. */
function doing(
  verb: "replace-sandbox" | "repeat-add" | "check" | "conflict" | "hang-up",
): (life: PodLife) => Operation {
  return ({ id }) => ({ do: verb, life: id });
}

function onLife(
  { lives }: Scene,
  dice: Dice,
  { of, make }: { of: (life: PodLife) => boolean; make: (life: PodLife, dice: Dice) => Operation | undefined },
): Operation | undefined {
  const fit = lives.filter(of);
  return fit.length === 0 ? undefined : make(dice.pick(fit), dice);
}

function isUp(life: PodLife): boolean {
  return life.isUp;
}

/** Whether its ADDs were refused until now. */
function isWaiting(life: PodLife): boolean {
  return !life.isUp && !life.isAdding && !life.isStopping;
}

function isAdding(life: PodLife): boolean {
  return life.isAdding && !life.isStopping;
}

function create(
  { id, lives, nodes, upstreamNode, stateful, statefulNetwork }: Scene,
  dice: Dice,
): Operation | undefined {
  const node = dice.pick(nodes);
  const network = dice.below(podNetworks.length);
  const isFree = (name: string) => !lives.some(({ plan }) => plan.name === name);
  const owner = dice.weighted(
    [[4, "web"], [3, "bare"], [3, "StatefulSet"], [1, "Job"], [1, "static"], [1, "up"]] as const,
  );
  switch (owner) {
    case "web": {
      const pod = { do: "create", name: `web-${id}`, owner: "ReplicaSet", node, network } as const;
      return dice.chance(0.2) ? { ...pod, isAnonymous: true } : pod;
    }
    case "up":
      return {
        do: "create",
        name: `up-${id}`,
        owner: "ReplicaSet",
        node: upstreamNode,
        network: podNetworks.indexOf(dice.pick(upstreamNetworks)),
      };
    case "Job":
      return { do: "create", name: `work-${id}`, owner, node, network };
    case "static":
      return isFree(`static-${node}`) ? { do: "create", name: `static-${node}`, owner, node, network } : undefined;
    case "bare": {
      const name = BARE_NAMES.find(isFree);
      return name === undefined ? undefined : { do: "create", name, owner: "none", node, network };
    }
    case "StatefulSet": {
      const name = stateful.find(isFree);
      return name === undefined ? undefined : { do: "create", name, owner, node, network: statefulNetwork };
    }
  }
}

/** A Pod of a VM ends with the VM, or when it has migrated. */
function end({ id, plan: { owner } }: PodLife, dice: Dice): Operation | undefined {
  if (owner === "VM") return undefined;
  const style = dice.weighted<EndStyle>([
    [5, "orderly"],
    [2, "object-first"],
    [owner === "StatefulSet" ? 0 : 1, "forced"],
    [0.7, "missed"],
    [owner === "none" || owner === "Job" ? 2 : 0, "completed"],
  ]);
  return { do: "end", life: id, style };
}

/** Adds an address at the end, takes one or all out, or closes the pool; for a while. */
function editPool(dice: Dice): Operation {
  const pool = dice.pick(Object.keys(poolSpecs));
  const { ips = [], subnet } = poolSpecs[pool]!;
  const beyond = subnet.includes(":") ? subnet.replace(/\/.*/, "77") : subnet.replace("0/24", "77");
  const change = dice.weighted([
    [1, { disable: true }],
    [1, { ips: [...ips, beyond] }],
    [1, { excludeIPs: [ips[0]!] }],
    [1, { excludeIPs: [anAddressOf(pool, dice)] }],
  ]);
  return { do: "edit-pool", pool, change, forMs: dice.between(500, 12_000) };
}

function anAddress(dice: Dice): string {
  return anAddressOf(dice.pick(Object.keys(poolSpecs)), dice);
}

/** One of the first addresses of a pool. */
function anAddressOf(pool: string, dice: Dice): string {
  const [first = ""] = poolSpecs[pool]?.ips?.[0]?.split("-") ?? [];
  return first.replace(/.$/, String(dice.below(6)));
}

function partition(nodes: readonly string[], dice: Dice): Operation {
  return {
    do: "partition",
    client: dice.pick([...nodes, "gc", ...nodes.map(peersName)]),
    forMs: Math.min(100 + dice.exponential(6000), 40_000),
  };
}

/** Often more than a peer is waited for, there and back less than the API server is. */
function slowDown(nodes: readonly string[], dice: Dice): Operation {
  const byMs = Math.min(20 + dice.exponential(400), 2500);
  return { do: "slow-down", node: dice.pick(nodes), byMs, forMs: dice.between(1000, 20_000) };
}

function storm(nodes: readonly string[], dice: Dice): Operation {
  const killed = nodes.filter(() => dice.chance(0.5));
  const kills = Object.fromEntries(killed.map((node) => [node, dice.below(30)]));
  return { do: "storm", forMs: dice.between(1000, 6000), kills };
}
