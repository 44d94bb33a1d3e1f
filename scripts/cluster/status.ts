/** What `deno task cluster status` says. */
import { type Control, controlPrograms } from "./control_plane.ts";
import type { Machine } from "./machine.ts";
import { type Node, nodePrograms } from "./node.ts";

/** A running cluster, or a part of one. */
export interface Running {
  readonly control: Control;
  readonly nodes: readonly Node[];
}

/** Lines about what runs, where its logs are, and what has ended. */
export function statusLines({ control, nodes }: Running): string[] {
  return [
    `cluster ${control.name}: ${nodes.length} nodes`,
    `  kubeconfig  ${control.paths.kubeconfig}`,
    `  API server  https://127.0.0.1:${control.state.port}`,
    `  logs        ${control.paths.logs}`,
    ...machineLines("control plane", { machine: control.machine, programs: controlPrograms }),
    ...nodes.flatMap((node) =>
      machineLines(`${node.name}, ${node.address}`, { machine: node.machine, programs: nodePrograms })
    ),
  ];
}

function machineLines(
  title: string,
  { machine, programs }: { machine: Machine; programs: readonly string[] },
): string[] {
  const states = programs.map((program) => {
    const pid = machine.pidOf(program);
    return `  ${program}: ${pid === undefined ? `ended, see ${machine.logOf(program)}` : `process ${pid}`}`;
  });
  return [`${title} (network namespace ${machine.name}, first process ${machine.pid})`, ...states];
}
