import { KubeApiError, KubeConnectionError, KubeResponseError, KubeTimeoutError } from "../../crd/kube/errors.ts";
import { type ErrorChapter, made } from "./error_row.ts";

const request = "<method> <path>";

/** The API server. */
export const clusterErrors: ErrorChapter = {
  title: "The API server",
  intro: "In the log, and as the reason inside other texts.",
  rows: [
    made(new KubeApiError({ status: 403, reason: "Forbidden", message: "<the server's words>", request }), {
      meaning: "The ServiceAccount may not do this.",
      remedy: "Apply `manifests/20-rbac-agent.yaml` of this version.",
    }),
    made(new KubeApiError({ status: 404, reason: "NotFound", message: "<the server's words>", request }), {
      meaning: "A Kind or an object is not there.",
      remedy: "If a Kind is missing: apply `manifests/00-crds.yaml`.",
    }),
    made(new KubeApiError({ status: 409, reason: "Conflict", message: "<the server's words>", request }), {
      meaning: "Somebody else wrote the object in between; it is read again and tried again.",
      remedy: "Nothing; many of them on one pool: see [peer.md](../peer.md).",
    }),
    made(new KubeApiError({ status: 410, reason: "Expired", message: "<the server's words>", request }), {
      meaning: "A watch was cut off for too long; everything is listed anew.",
      remedy: "Nothing.",
    }),
    made(new KubeApiError({ status: 422, reason: "Invalid", message: "<the server's words>", request }), {
      meaning: "The server refuses an object: the CRDs are of another version.",
      remedy: "Apply `manifests/00-crds.yaml` of this version.",
    }),
    made(new KubeConnectionError(request), {
      meaning: "The API server cannot be reached.",
      remedy: "Look at it, and at the node's way to it; ADDs go on when it is back.",
    }),
    made(new KubeTimeoutError(request, 10_000), {
      meaning: "The API server is reached, but does not answer.",
      remedy: "Look at its load, and at etcd.",
    }),
    made(new KubeResponseError(request, "<what is wrong>"), {
      meaning: "Something between answers in the API server's place, or an object is malformed.",
      remedy: "Look at proxies, and at the object that is named.",
    }),
  ],
};
