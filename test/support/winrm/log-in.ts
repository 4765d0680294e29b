import type { Login } from "../../../provider/host/powershell/transports/winrm/authentication/login";
import { type Accepted, type AcceptorConnection, AcceptorRefusal } from "./acceptor";

const MOST_LEGS = 10;

export interface LoggedIn {
  readonly accepted: Accepted;
  /** Values of the Authorization header, in their order. */
  readonly headers: readonly string[];
}

/**
 * Carries headers between a login and an acceptor as HTTP does, up to the host's 200 with its last token. Where the acceptor refuses, the
 * login gets a 401; with
 * Kerberos' own token of why, if the host tells it.
 */
export async function logIn(
  login: Login,
  connection: AcceptorConnection,
  scheme: "Negotiate" | "Kerberos" = "Negotiate",
  refusing: "silently" | "telling why" = "silently",
): Promise<LoggedIn> {
  const headers: string[] = [];
  let challenges: string[] = [];
  while (headers.length < MOST_LEGS) {
    const header = await login.next(challenges);
    if (header === undefined) throw new Error("the login has nothing to say");
    headers.push(header);
    const [said, token = ""] = header.split(" ");
    if (said !== scheme) throw new Error(`the login speaks ${said}`);
    const answer = await accept(connection, Buffer.from(token, "base64"), refusing === "telling why");
    challenges = answer.token === undefined ? [scheme] : [`${scheme} ${answer.token.toString("base64")}`];
    if (answer.done) {
      await login.accepted(answer.token === undefined ? [] : challenges);
      return { accepted: answer, headers };
    }
  }
  throw new Error("the login does not come to an end");
}

async function accept(connection: AcceptorConnection, token: Buffer, tellsWhy: boolean): Promise<Accepted> {
  try {
    return await connection.accept(token);
  } catch (error) {
    if (!(error instanceof AcceptorRefusal)) throw error;
    return { token: tellsWhy ? error.token : undefined, done: false, user: undefined, mechanism: undefined };
  }
}
