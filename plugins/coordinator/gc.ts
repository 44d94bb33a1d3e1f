/**
 * GC: nothing. What this plugin puts on a node ends with the Pod's netns; the list of valid attachments is that of one network,
 * so what it does not name may belong to another.
 */
export function gc(): Promise<string> {
  return Promise.resolve("");
}
