/** macvlan, our IPAM and the coordinator behind it, a real agent and an API server: Pods and their nodes reach each other. */
import { runChain } from "../shared/coordinated_pods.ts";
import { needsNetns } from "../shared/netns.ts";
import { firstReason, needsCommand, needsPath, testUnless } from "../shared/skip.ts";
import { MAIN_PLUGINS } from "../shared/stage.ts";

const macvlan = needsPath(`${MAIN_PLUGINS}/macvlan`, "Debian's containernetworking-plugins");

testUnless(firstReason(needsNetns(), needsCommand("ping"), macvlan), {
  name: "a chain of macvlan and coordinator: Pod, node and service address reach each other, and DEL leaves nothing",
  fn: () => runChain(),
});
