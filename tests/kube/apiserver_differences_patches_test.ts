/**
 * Patches: where the embedded API once answered differently from the real one. Each test keeps both alike.
 */
import { applying, editing, merging, testAnswers } from "./answer_rows.ts";
import { poolPath } from "./objects.ts";

const mergePatch = "application/merge-patch+json";
const jsonPatch = "application/json-patch+json";

testAnswers([
  {
    name: "nulls that are applied are refused",
    call: applying("b", { spec: { subnet: "10.0.0.0/24", gateway: null } }),
    status: 422,
    reason: "Invalid",
    rest: { "details.causes.0.field": "spec.gateway" },
  },
  {
    name: "a null that is applied over a map leaves it",
    call: applying("a", { spec: null }),
    status: 200,
    rest: { "spec.subnet": "10.0.0.0/24" },
  },
  {
    name: "a value of another type that is applied is an error without a reason",
    call: applying("b", { spec: { subnet: "10.0.0.0/24", ips: "10.0.0.1" } }),
    status: 500,
    rest: { reason: undefined },
  },
  {
    name: "a field that is not declared and applied is an error without a reason",
    call: applying("b", { unknown: 1 }),
    status: 500,
    rest: { reason: undefined },
  },
  {
    name: "apply of another version is a bad request",
    call: applying("a", { apiVersion: "v1" }),
    status: 400,
    reason: "BadRequest",
  },
  {
    name: "force without apply is invalid",
    call: (api) => ({
      method: "PATCH",
      path: poolPath(api, "a"),
      contentType: mergePatch,
      query: { force: "true" },
      body: {},
    }),
    status: 422,
    reason: "Invalid",
    rest: { "details.kind": "PatchOptions" },
  },
  {
    name: "an uid in a patch is a field that cannot change, not a precondition",
    call: merging("a", { metadata: { uid: "other" } }),
    status: 422,
    reason: "Invalid",
    rest: { "details.causes.0.field": "metadata.uid" },
  },
  {
    name: "a deletionTimestamp cannot be set by an update",
    call: merging("a", { metadata: { deletionTimestamp: "2020-01-01T00:00:00Z" } }),
    status: 422,
    reason: "Invalid",
    rest: { "details.causes.0.field": "metadata.deletionTimestamp" },
  },
  {
    name: "a patch to another Kind is refused together with bad metadata",
    call: merging("a", { kind: "Other", metadata: { labels: { "no key!": "a" } } }),
    status: 422,
    reason: "Invalid",
    causes: ["FieldValueInvalid kind", "FieldValueInvalid metadata.labels"],
  },
  {
    name: "a patch that renames is a bad request",
    call: merging("a", { metadata: { name: "other" } }),
    status: 400,
    reason: "BadRequest",
  },
  {
    name: "a patch that breaks metadata names the patch",
    call: merging("a", { metadata: { labels: { app: 5 } } }),
    status: 422,
    reason: "Invalid",
    rest: { "details.kind": undefined, "details.causes.0.field": "patch" },
  },
  {
    name: "a JSON patch that does not fit has empty details",
    call: editing("a", [{ op: "frob", path: "/spec" }]),
    status: 422,
    reason: "Invalid",
    rest: { details: {} },
  },
  {
    name: "a JSON patch may replace what is not there",
    call: editing("a", [{ op: "replace", path: "/spec/gateway", value: "10.0.0.9" }]),
    status: 200,
    rest: { "spec.gateway": "10.0.0.9" },
  },
  {
    name: "an absent object is missed before a broken patch",
    call: (api) => ({ method: "PATCH", path: poolPath(api, "b"), contentType: jsonPatch, body: "{}" }),
    status: 404,
    reason: "NotFound",
  },
]);
