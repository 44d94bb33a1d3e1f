import { SyscallError } from "../../net/ffi/syscall.ts";
import { NetnsError } from "../../net/host/netns.ts";
import { DumpInterruptedError, NetlinkError } from "../../net/netlink/error.ts";
import { ProbeError } from "../../net/probe/error.ts";
import { StepError } from "../../net/steps/mod.ts";
import { WireError } from "../../net/wire/mod.ts";
import { ChecksumListError } from "../../plugins/install/checksums.ts";
import { DamagedFileError } from "../../plugins/install/place_file.ts";
import { type ErrorChapter, made } from "./error_row.ts";

const operation = { operation: "<operation>", target: "<object>" };

/** The node's kernel and files. */
export const nodeErrors: ErrorChapter = {
  title: "The node",
  intro:
    "From plugins, in their answer and log, and from `spiderpool-install`. The word after the colon is the kernel's.",
  rows: [
    made(new NetlinkError(operation, { errno: 1, kernelMessage: "<the kernel's words>" }), {
      meaning: "The kernel refuses to change a link, an address, a route or a rule.",
      remedy: "`EPERM`: the plugin does not run as root. `EOPNOTSUPP`: the kernel lacks the module.",
    }),
    made(new DumpInterruptedError(operation, 5), {
      meaning: "Somebody changes links or routes all the time.",
      remedy: "Look for a daemon that fights over them.",
    }),
    made(new SyscallError("<call>", { errno: 13, target: "<path>" }), {
      meaning: "A system call failed.",
      remedy: "`EACCES`, `EPERM`: capabilities or a security profile; `EMFILE`: the limit of open files.",
    }),
    made(new NetnsError("<path>", "missing"), {
      meaning: "The Pod's sandbox is gone.",
      remedy: "Nothing if the Pod is being deleted.",
    }),
    made(new NetnsError("<path>", "notNetns"), {
      meaning: "A file is where a namespace should be mounted.",
      remedy: "Check the mount of `/var/run/netns` in the DaemonSet.",
    }),
    made(new ProbeError("<link>", "no carrier", { detail: "<why>" }), {
      meaning: "The network could not be asked about the addresses, so nothing is known about them.",
      remedy: "Look at the link's carrier; raise `agent.detection.linkWait`.",
    }),
    made(new StepError({ do: "deleteLink", place: "pod", link: "<link>" }, [], { cause: "<why>" }), {
      meaning: "A plugin could not make the Pod's network; it took back what it had done.",
      remedy: "The command is written as for ip(8): try it by hand in the namespace.",
    }),
    made(new WireError({ what: "<message>", offset: 0 }, "<what is wrong>"), {
      meaning: "The kernel sent what this version cannot read.",
      remedy: "Report it with the kernel's version.",
    }),
    made(new ChecksumListError(1), {
      meaning: "The image's list of checksums is damaged.",
      remedy: "Pull the image again.",
    }),
    made(new DamagedFileError("<file>", "<digest>", "<another>"), {
      meaning: "A plugin in the image is damaged; nothing was replaced on the host.",
      remedy: "Pull the image again.",
    }),
  ],
};
