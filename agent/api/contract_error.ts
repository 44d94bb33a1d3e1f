/**
 * A message that breaks the contract. The agent answers it with `status` and `{"code","message"}`; codes and texts are
 * those of upstream's framework (go-openapi), because clients and tests match them.
 */
export class ContractError extends Error {
  override readonly name = "ContractError";

  /**
   * @param status HTTP status of the answer
   * @param code framework code: 602 required, 605 pattern, 606 enumeration, else the status
   * @param message the text of the answer
   */
  constructor(readonly status: number, readonly code: number, message: string) {
    super(message);
  }
}
