/** The links of a cluster as commands: a bridge for management, a bridge for the underlay, two veth pairs for each node. */
import { networks, nodeAddresses } from "./layout.ts";

/** A command with its arguments. */
export type Command = readonly string[];

/** Makes both bridges in the namespace of the control plane, with the addresses that all others route to. */
export function controlNetwork(netns: string): Command[] {
  const { management, services, underlay } = networks;
  return [
    ["ip", "netns", "add", netns],
    ip(netns, "link set lo up"),
    ip(netns, `address add ${services.kubernetes}/32 dev lo`),
    ip(netns, "link add management type bridge stp_state 0 forward_delay 0"),
    ip(netns, `address add ${management.gateway}/${management.prefixLength} dev management`),
    ip(netns, "link set management up"),
    ip(netns, "link add underlay type bridge stp_state 0 forward_delay 0 mcast_snooping 0"),
    ip(netns, `address add ${underlay.gateway4}/${underlay.prefixLength4} dev underlay`),
    ip(netns, `address add ${underlay.gateway6}/${underlay.prefixLength6} dev underlay nodad`),
    ip(netns, "link set underlay up"),
  ];
}

/**
 * Plugs node `index` into both bridges and routes its Pods' default network.
 *
 * @param control namespace of the control plane
 */
export function nodeNetwork(netns: string, { control, index }: { control: string; index: number }): Command[] {
  const { management } = networks;
  const own = nodeAddresses(index);
  return [
    ["ip", "netns", "add", netns],
    ip(netns, "link set lo up"),
    ...plug(netns, { link: "eth0", control, port: `management${index}`, bridge: "management" }),
    ...plug(netns, { link: "eth1", control, port: `underlay${index}`, bridge: "underlay" }),
    ip(netns, `address add ${own.management}/${management.prefixLength} dev eth0`),
    ip(netns, `route add default via ${management.gateway}`),
    ip(control, `route replace ${own.podPrefix} via ${own.management}`),
  ];
}

/** One end of a veth pair, and the port its other end is. */
interface Plug {
  readonly link: string;
  readonly control: string;
  readonly port: string;
  readonly bridge: string;
}

function plug(netns: string, { link, control, port, bridge }: Plug): Command[] {
  return [
    ip(netns, `link add ${link} type veth peer name ${port} netns ${control}`),
    ip(control, `link set ${port} master ${bridge} up`),
    ip(netns, `link set ${link} up`),
  ];
}

function ip(netns: string, words: string): Command {
  return ["ip", "-n", netns, ...words.split(" ")];
}
