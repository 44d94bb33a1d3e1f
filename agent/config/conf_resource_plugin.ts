import * as v from "valibot";
import { about } from "./about.ts";
import { group, key, keys, type KeyText } from "./conf_key.ts";
import { absolutePath, flag, integer, text, texts, word } from "./conf_values.ts";

/** This version has no device plugin: its keys are checked, so that a file of upstream's stays usable. */
function unused(text: string): KeyText {
  return { readBy: "nobody yet", text };
}

function labelSelector(what: string) {
  return group({
    matchLabels: about(v.nullish(v.record(v.string(), text, "must be a mapping of strings"), {}), {
      ...unused(`Labels of the nodes ${what}.`),
      type: "mapping",
      allowed: "a mapping of strings",
    }),
    matchExpressions: about(
      v.nullish(
        v.array(
          keys({
            key: about(text, { ...unused("Name of a label."), allowed: "any text; required" }),
            operator: about(
              word(["In", "NotIn", "Exists", "DoesNotExist"]),
              { ...unused("What is asked of it."), allowed: "one of In, NotIn, Exists, DoesNotExist; required" },
            ),
            values: key(texts, { ...unused("Values that it is compared with."), value: [] }),
          }),
          "must be a list of mappings",
        ),
        [],
      ),
      { ...unused(`Conditions on labels of the nodes ${what}.`), type: "list", allowed: "a list of mappings" },
    ),
  });
}

function rules<const E extends v.ObjectEntries>(entries: E, what: string) {
  const list = v.nullish(v.array(keys(entries), "must be a list of mappings"), []);
  return group({ rules: about(list, { ...unused(what), type: "list", allowed: "a list of mappings" }) });
}

const subEni = rules({
  resourceName: key(text, { ...unused("Name of the resource."), value: "spidernet.io/sub-eni" }),
  defaultMaxCount: key(integer({ min: 0 }), { ...unused("How many a node advertises; 0: none."), value: 0 }),
  nodeSelector: labelSelector("that advertise it"),
}, "Resources for sub-interfaces of a cloud.");

const masterNic = rules({
  nodeSelector: labelSelector("that the rule is for"),
  defaultMaxCount: key(integer({ min: 0 }), { ...unused("How many an interface advertises; 0: 10000."), value: 0 }),
  includeInterfaces: key(texts, { ...unused("Interfaces, as shell patterns; none: all."), value: [] }),
  excludeInterfaces: key(texts, { ...unused("Interfaces that are left out, as shell patterns."), value: [] }),
}, "Resources for interfaces of the node.");

/** The keys below `agent.networkResourcePlugin`. */
export const networkResourcePlugin = group({
  enabled: key(flag, { ...unused("Whether the kubelet is told of network resources."), value: false }),
  kubeletRootDir: key(absolutePath, { ...unused("Folder of the kubelet."), value: "/var/lib/kubelet" }),
  devicePluginAffinity: group({ nodeSelector: labelSelector("on which the device plugin runs") }),
  resourceAdvertisement: group({ subENI: subEni, masterNIC: masterNic }),
});
