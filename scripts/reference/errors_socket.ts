import { AgentAnswerError } from "../../agent/api/mod.ts";
import { type ErrorChapter, made, quoted } from "./error_row.ts";

const wrongCaller = "Use the plugins of this version; look at who else asks on the socket.";

/** Requests that the socket does not understand. */
export const socketErrors: ErrorChapter = {
  title: "The socket and the peer port",
  intro: "Answers to plugins and other callers of the socket, and lines of the log about other agents.",
  rows: [
    made(new AgentAnswerError("<method> <path>", 500, "<the agent's words>"), {
      meaning: "In the plugin's log: the agent said no.",
      remedy: "Look up the agent's words here.",
    }),
    quoted("ContractError", "<member> in <body or query> is required", {
      meaning: "A request or an answer lacks something (status 422, code 602).",
      remedy: wrongCaller,
    }),
    quoted("HttpFormatError", "Cannot read answer: <why>", {
      meaning: "Whoever answers speaks no HTTP.",
      remedy: "Look at which program listens on the socket.",
    }),
    quoted("HttpError", "Cannot read request: its body is longer than <n> bytes", {
      meaning: "More than any plugin sends (status 413).",
      remedy: wrongCaller,
    }),
    quoted("HttpError", "Cannot read request: its headers are longer than <n> bytes", {
      meaning: "More than any plugin sends (status 431).",
      remedy: wrongCaller,
    }),
    quoted("HttpError", "Cannot read request: it came too slowly", {
      meaning: "The caller hung while it sent (status 408); its connection is closed.",
      remedy: wrongCaller,
    }),
    quoted("HttpError", "Cannot read request: <text> is no request line", {
      meaning: "The caller speaks something else (status 400).",
      remedy: wrongCaller,
    }),
    quoted("MethodError", "method <method> is not allowed, but [<methods>] are", {
      meaning: "The path is known, but not with this method (status 405).",
      remedy: wrongCaller,
    }),
    quoted("PeerFormatError", "Cannot read peer message: <member> is not <what is wanted>", {
      meaning: "Another agent is of a version that says it in another way; requests go another way meanwhile.",
      remedy: "Nothing while agents are replaced; see [peer.md](../peer.md).",
    }),
    quoted("HttpError", "Cannot take a message of somebody who has not said hello with a good token", {
      meaning: "On the peer port: the caller is no agent, or the answer about its token is over.",
      remedy: "Nothing if it is rare: an agent says hello again.",
    }),
  ],
};
