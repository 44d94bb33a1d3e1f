/**
 * GC: nothing. The list of valid attachments is that of one network, so what it does not name may belong to another;
 * addresses that are left over are given back by the agent and the controller.
 */
export function gc(): Promise<string> {
  return Promise.resolve("");
}
