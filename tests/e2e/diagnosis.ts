/** What people want to see when a step fails. */
import type { Bed } from "./bed.ts";
import { PATIENT } from "./patience.ts";

const questions: readonly (readonly string[])[] = [
  ["get", "pods", "-A", "-o", "wide"],
  ["get", "spiderippools,spiderendpoints", "-A"],
  ["get", "events", "-A", "--sort-by=.lastTimestamp", "--field-selector=type=Warning"],
  ["-n", "spiderpool", "logs", "-l", "app.kubernetes.io/component=spiderpool-agent", "--prefix", "--tail=15"],
];

/** Most lines of one answer. */
const MOST_LINES = 40;

/** Asks the cluster how things are. Whatever does not answer is said, too. */
export async function diagnose(bed: Bed): Promise<string> {
  const answers = await Promise.all(questions.map(async (args) => {
    const { stdout, stderr } = await bed.cluster.kubectl([...args, "--request-timeout=10s"]);
    return `$ kubectl ${args.join(" ")}\n${lastLines(stdout + stderr)}`;
  }));
  return answers.join("\n");
}

/** Removes what a step that failed left, so that the next ones have a fair start; it may not succeed. */
export async function sweep(bed: Bed): Promise<void> {
  await bed.cluster.kubectl(["uncordon", ...bed.cluster.nodes.map(({ name }) => name)]);
  await bed.cluster.kubectl(["delete", "deployments", "--all", "--cascade=foreground", PATIENT]);
  await bed.cluster.kubectl(["delete", "statefulsets", "--all", PATIENT]); // their Pods after them: then addresses become free
  await bed.cluster.kubectl(["delete", "pods", "--all", PATIENT]);
  await bed.cluster.kubectl(["wait", "pods", "--all", "--for=delete", PATIENT]);
  await bed.cluster.kubectl(["delete", "spiderippools,network-attachment-definitions", "--all", PATIENT]);
}

function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-MOST_LINES).join("\n");
}
