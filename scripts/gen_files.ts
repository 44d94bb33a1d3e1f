import { type Crd, parseCrd, type Schema } from "./gen_crd.ts";
import { clientsText, headerText, modText, type Module, moduleText } from "./gen_modules.ts";
import { namedSchemas, shapeOf } from "./gen_types.ts";
import { parse, stringify } from "yaml";

/** One CRD file. */
export interface Input {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** One file to write. */
export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** An object schema with a name of its own; wherever the same shape occurs it has this name. */
interface NamedPlace {
  readonly place: string;
  readonly name: string;
  /** @default the description in the schema */
  readonly description?: string;
}

const namedPlaces: readonly NamedPlace[] = [
  { place: "SpiderIPPool.spec.routes", name: "Route" },
  { place: "SpiderIPPool.spec.podAffinity", name: "LabelSelector", description: "Selects objects by their labels." },
  { place: "SpiderIPPool.spec.podAffinity.matchExpressions", name: "LabelSelectorRequirement" },
  { place: "SpiderEndpoint.status.current", name: "PodAllocation" },
  { place: "SpiderEndpoint.status.current.ips", name: "InterfaceAllocation" },
  { place: "SpiderCoordinator.spec", name: "SpiderCoordinatorSpec" },
  { place: "SpiderMultusConfig.spec.macvlan", name: "MacvlanConfig" },
  { place: "SpiderMultusConfig.spec.macvlan.bond", name: "BondConfig" },
  { place: "SpiderMultusConfig.spec.macvlan.ippools", name: "InterfacePools" },
  { place: "SpiderMultusConfig.spec.vlan", name: "VlanConfig" },
  { place: "SpiderMultusConfig.spec.sriov", name: "SriovConfig" },
  { place: "SpiderMultusConfig.spec.ibsriov", name: "IbSriovConfig" },
  { place: "SpiderMultusConfig.spec.ipoib", name: "IpoibConfig" },
  { place: "SpiderMultusConfig.spec.ovs", name: "OvsConfig" },
  { place: "SpiderMultusConfig.spec.ovs.trunk", name: "OvsTrunk" },
];

/**
 * Says which files `inputs` make: one of types per CRD, their clients, their `mod.ts`, and the manifest with all CRDs.
 *
 * @throws {SyntaxError} if an input is no CRD that the generator understands
 * @throws {TypeError} if a place that has a name of its own is no longer there
 */
export function generate(inputs: readonly Input[]): GeneratedFile[] {
  const crds = inputs.map(({ path, text }) => ({ path, ...parseCrd(text, path) }));
  const names = new Map(namedPlaces.map(({ place, name }) => [shapeOf(schemaAt(crds, place)), name]));
  const modules = crds.map((crd) => moduleOf(crd, names));
  return [
    ...modules.map((module) => ({ path: module.path, text: moduleText(module, { modules, names }) })),
    { path: "crd/generated/clients.ts", text: clientsText(modules) },
    { path: "crd/generated/mod.ts", text: modText(modules) },
    { path: "manifests/00-crds.yaml", text: manifestText(inputs) },
  ];
}

function moduleOf(crd: Crd & { path: string }, names: ReadonlyMap<string, string>): Module {
  const types = namedSchemas(crd.schema, { name: crd.kind, names }).slice(1) // the first is the Kind itself
    .filter(({ name }) => (placeOf(name)?.place ?? crd.kind).split(".")[0] === crd.kind)
    .map(({ name, schema }) => {
      const description = placeOf(name)?.description;
      return { name, schema: description === undefined ? schema : { ...schema, description } };
    });
  return { crd, path: `crd/generated/${crd.singular}.ts`, types };
}

function placeOf(name: string): NamedPlace | undefined {
  return namedPlaces.find((place) => place.name === name);
}

function manifestText(inputs: readonly Input[]): string {
  // aliases are written out: not every reader of manifests knows them
  const options = { aliasDuplicateObjects: false, lineWidth: 120 };
  const documents = inputs.map(({ text }) => `---\n${stringify(parse(text), options)}`);
  return headerText("#", "crd/openapi/*.yaml") + documents.join("");
}

/** Goes down from the Kind through properties; arrays are passed through. */
function schemaAt(crds: readonly Crd[], place: string): Schema {
  const [kind, ...keys] = place.split(".");
  let schema = crds.find((crd) => crd.kind === kind)?.schema;
  for (const key of keys) {
    schema = schema?.properties?.[key];
    while (schema?.items !== undefined) schema = schema.items;
  }
  if (schema === undefined) throw new TypeError(`Cannot name the schema at ${place}: it is not there`);
  return schema;
}
