/**
 * DEL, GC and STATUS: nothing, with success. Links that this plugin made are shared by Pods and stay until the node ends; it
 * depends on nobody who could be unwell. Not even its own keys are read, so that a configuration nobody can mend does not
 * keep a Pod from ending.
 */
export function nothing(): Promise<string> {
  return Promise.resolve("");
}
