import type { Step } from "./step.ts";

/** The step that takes `step` back; `undefined` where nothing is to be taken back. Pure. */
export function undoOf(step: Step): Step | undefined {
  switch (step.do) {
    case "createVeth":
      return { do: "deleteLink", place: step.place, link: step.end.name };
    case "createVlan":
    case "createBond":
      return { do: "deleteLink", place: step.place, link: step.link };
    case "activateMember":
      return undefined; // its bond was made just before
    case "deleteLink":
      return undefined; // only what was left over is deleted
    case "changeLink":
      return Object.keys(step.from).length === 0 ? undefined : { ...step, to: step.from, from: step.to };
    case "addAddress":
      return { ...step, do: "deleteAddress" };
    case "deleteAddress":
      return { ...step, do: "addAddress" };
    case "writeSysctl":
      return step.from === undefined ? undefined : { ...step, value: step.from, from: step.value };
    case "setNeighbor":
      return { ...step, do: "deleteNeighbor" };
    case "deleteNeighbor":
      return step.lladdr === undefined ? undefined : { ...step, do: "setNeighbor", lladdr: step.lladdr };
    case "addRoute":
      return { do: "deleteRoute", place: step.place, route: step.route };
    case "replaceRoute":
      return { ...step, route: step.from, from: step.route };
    case "deleteRoute":
      return { do: "addRoute", place: step.place, route: step.route, append: true };
    case "addRule":
      return step.shared ? undefined : { do: "deleteRule", place: step.place, rule: step.rule };
    case "deleteRule":
      return { ...step, do: "addRule" };
    case "markConnections":
      return { ...step, do: "unmarkConnections" };
    case "unmarkConnections":
      return undefined;
    default:
      return step satisfies never;
  }
}
