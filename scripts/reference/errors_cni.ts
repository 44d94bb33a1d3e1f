import { CniCode, CniError } from "../../plugins/cni/mod.ts";
import * as coordinator from "../../plugins/coordinator/agent.ts";
import * as ifacer from "../../plugins/ifacer/errors.ts";
import * as ipam from "../../plugins/spiderpool/agent.ts";
import { type ErrorChapter, type ErrorRow, quoted } from "./error_row.ts";

/** Texts of {@linkcode CniError} are worded where it is thrown. */
function row(code: number, text: string, about: Pick<ErrorRow, "meaning" | "remedy">): ErrorRow {
  return { ...quoted(CniError.name, text, about), code: String(code) };
}

const agentDown = "Look at the agent's Pod on this node; the runtime tries again.";

/** What plugins tell the runtime. */
export const cniErrors: ErrorChapter = {
  title: "Plugins",
  intro:
    'The kubelet shows the text in the Event `FailedCreatePodSandBox`, after `plugin type="spiderpool" failed`. The ' +
    "code is the CNI specification's `code`; 100 and above are a plugin's own.",
  rows: [
    row(CniCode.IncompatibleVersion, "config version does not allow <verb>", {
      meaning: "All plugins: the `cniVersion` of the network is older than the verb.",
      remedy: "Raise `cniVersion` of the configuration.",
    }),
    row(CniCode.BadEnvironment, "required env variables [<names>] missing", {
      meaning: "All plugins: it was not started by a CNI runtime.",
      remedy: "Look at who starts it.",
    }),
    row(CniCode.Decoding, "Cannot read the network configuration: <why>", {
      meaning: "All plugins: the configuration is no JSON, or a key has the wrong type (then the code is 7).",
      remedy: "Correct the NetworkAttachmentDefinition or the file in `/etc/cni/net.d`.",
    }),
    row(CniCode.InvalidConfig, "Cannot use <key> <value>: <why>", {
      meaning: "A key of the configuration cannot be used, or does not fit the Pod.",
      remedy: "See [plugin.md](../plugin.md), [coordinator.md](../coordinator.md), [ifacer.md](../ifacer.md).",
    }),
    row(CniCode.TryAgain, "unhealthy spiderpool-agent backend: <why>", {
      meaning: "`spiderpool`, `coordinator`: the agent of the node cannot be asked.",
      remedy: agentDown,
    }),
    row(CniCode.NotAvailable, "no free IP address: <pools>", {
      meaning: "`spiderpool`, STATUS with `status_checks_pools`: the node takes no more Pods.",
      remedy: "Add addresses or a pool.",
    }),
    row(ipam.ALLOCATION_REFUSED, "spiderpool IP allocation error: <the agent's words>", {
      meaning: "`spiderpool`: the agent said no.",
      remedy: "Look up the agent's words here.",
    }),
    row(coordinator.CONFIG_REFUSED, "failed to GetCoordinatorConfig: <the agent's words>", {
      meaning: "`coordinator`: the agent has no settings for the Pod.",
      remedy: "Look at the SpiderCoordinator `default` and its status.",
    }),
    row(ifacer.NODE_UNFIT, "<what cannot be made>", {
      meaning: "`ifacer`: the node's kernel has no VLANs or bonds, or a link is in the way.",
      remedy: "Load the module (`8021q`, `bonding`), or correct the configuration.",
    }),
    row(ipam.CHECK_MISMATCH, "Cannot find <link or address> as ADD left it: <what differs>", {
      meaning: "All plugins, CHECK: somebody changed the Pod's network or its record.",
      remedy: "Delete the Pod; it is made anew.",
    }),
    row(ipam.IP_CONFLICT, "ip conflict: <addresses and MACs>", {
      meaning: "`spiderpool`: another host has the address, and the Pod can have no other.",
      remedy: "Find the host by its MAC; put the address into a SpiderReservedIP.",
    }),
    row(ipam.GATEWAY_UNREACHABLE, "gateway <address> of <link> is unreachable", {
      meaning: "`spiderpool`: the gateway of the pool does not answer.",
      remedy: "Check `spec.gateway` and the VLAN; `agent.detection.silentGateway: warn` lets Pods start all the same.",
    }),
    row(ipam.NETWORK_NOT_ASKED, "spiderpool IP detection error: <why>", {
      meaning: "`spiderpool`: no carrier, or frames cannot be sent.",
      remedy: "Look at the master's link; raise `agent.detection.linkWait`.",
    }),
    row(ipam.GC_UNSUPPORTED, "<the agent's words>", {
      meaning: "`spiderpool`, GC: the agent does not know how, it is upstream's or older.",
      remedy: "Replace the agent, too.",
    }),
    row(CniCode.Internal, "<what went wrong>", {
      meaning: "Anything else.",
      remedy: "Look at the plugin's log in `/var/log/spidernet`.",
    }),
  ],
};
