import { AgentUnreachableError } from "../../agent/api/mod.ts";
import { ConfError } from "../../agent/config/conf.ts";
import { EnvironmentError } from "../../agent/config/environment.ts";
import { SettingsError } from "../../agent/config/settings.ts";
import { ApiServerNotReadyError } from "../../agent/lifecycle/api_server.ts";
import { NodeHeldError } from "../../agent/lifecycle/node_lock.ts";
import { StopTooLongError } from "../../agent/lifecycle/stop_limit.ts";
import { CommandBusyError } from "../../agent/gops/turns.ts";
import { AgentRunsOnError } from "../../agent/remote.ts";
import { SocketInUseError } from "../../agent/server/mod.ts";
import { type ErrorChapter, made, quoted } from "./error_row.ts";

/** Starting and stopping the agent. */
export const programErrors: ErrorChapter = {
  title: "Starting and stopping the agent",
  intro: "On standard error of `spiderpool-agent`, which then ends with a status of [its own](flags.md#exit-status).",
  rows: [
    made(new SettingsError(["<variable or key> is <value>, but must be <what is allowed>"]), {
      meaning:
        "Variables or keys of conf.yml cannot be used; all of them are named, the keys after the path of the file.",
      remedy: "Correct each one: [variables](variables.md), [keys](conf.md).",
    }),
    made(new EnvironmentError(["empty value of <variable>"]), {
      meaning: "A required variable is not set, or set to nothing.",
      remedy: "Set it in the DaemonSet: [variables](variables.md).",
    }),
    made(new ConfError(["<problem>"]), {
      meaning:
        "conf.yml is not YAML, or keys of it cannot be used. In the log of a running agent the problems stand in " +
        "the line `cannot use the changed conf.yml`.",
      remedy: "Correct the ConfigMap; a running agent goes on as it is meanwhile.",
    }),
    made(new SocketInUseError("<socket>"), {
      meaning: "Another agent serves this node.",
      remedy:
        "Look for a second DaemonSet or a process that was started by hand. While an agent is replaced, the new " +
        "one is started again until the old one has gone.",
    }),
    quoted("Error", "Cannot listen on <socket>: it exists and is no socket; remove it", {
      meaning: "A file or folder is where the socket should be.",
      remedy: "Remove it, or set `ipamUnixSocketPath`.",
    }),
    quoted("Error", "Cannot serve probes on <address>: the port is in use", {
      meaning: "Another program, or an agent that another DaemonSet started, listens on the probes' port.",
      remedy: "Stop it, or set `SPIDERPOOL_HEALTH_PORT` and the ports of the probes in the DaemonSet.",
    }),
    made(new NodeHeldError("<lock>", "<Pod>, since <time>", 45_000), {
      meaning: "An earlier agent of this node was told to stop, and still works on requests.",
      remedy: "Look at the log of the Pod that is named, and why its requests do not end; delete it.",
    }),
    made(new ApiServerNotReadyError("<answer>", 30_000), {
      meaning: "The API server did not say that it is ready; the kubelet starts the agent again.",
      remedy: "Look at the API server, and at the node's way to it. Pods that run keep their addresses.",
    }),
    made(new StopTooLongError(42_000), {
      meaning:
        "Requests did not end in the time that Kubernetes gives; the agent ends all the same. What was under way " +
        "is in the journal, and the next agent settles it.",
      remedy: "Nothing once; otherwise look for what makes requests slow.",
    }),
    made(new AgentUnreachableError("<socket>", "<reason>"), {
      meaning: "Nobody answers on the socket: the agent does not run, or is only starting.",
      remedy: "Look at the agent's Pod on this node.",
    }),
    quoted("Error", "Cannot stop the agent: it answered <status>", {
      meaning: "The agent refuses to stop, or whoever listens is another program.",
      remedy: "Look at the agent's log; delete its Pod.",
    }),
    made(new AgentRunsOnError(43_000), {
      meaning: "Requests that run are let end, and these do not.",
      remedy: "Look at the log for requests that have no end; delete the Pod.",
    }),
    quoted(
      "Error",
      "Cannot read metrics from <address>: <reason>; are metrics switched on with SPIDERPOOL_ENABLED_METRIC?",
      {
        meaning: "Nobody answers on the port of the metrics.",
        remedy: "Set `SPIDERPOOL_ENABLED_METRIC` to true, or name the port with `--port`.",
      },
    ),
    made(new CommandBusyError("<command>", "<another>"), {
      meaning: "Diagnostics: one profile or snapshot is made at a time.",
      remedy: "Ask again.",
    }),
  ],
};
