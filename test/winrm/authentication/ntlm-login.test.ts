import { afterAll, beforeAll, expect, it } from "vitest";
import { HostError } from "../../../provider/host/port";
import type { Login, LoginOptions } from "../../../provider/host/powershell/transports/winrm/authentication/login";
import { newLogin } from "../../../provider/host/powershell/transports/winrm/authentication/new-login";
import { Acceptor, type AcceptorConnection } from "../../support/winrm/acceptor";
import { describeWithPeers } from "../../support/winrm/describe-with-peers";
import { logIn } from "../../support/winrm/log-in";
import { refusal } from "../../support/winrm/login-refusal";
import { sealedAnswer, sealedParts } from "../../support/winrm/sealed-message";

const PASSWORD = "Größe: 1€ \\o/";

const users = [
  { domain: "CONTOSO", name: "Backup", password: "of the domain" },
  { domain: "", name: "Administrator", password: "of the host" },
  { domain: "", name: "backup@contoso.example", password: "by its UPN" },
  { domain: "CONTOSO", name: "Übung", password: "Umlaut" },
];

function options(changes: Partial<LoginOptions> = {}): LoginOptions {
  const account = { userName: "CONTOSO\\backup", password: "of the domain" };
  return { computerName: "hv01.contoso.example", port: 5985, authentication: "ntlm", useSsl: false, ...account, ...changes };
}

describeWithPeers(() => {
  let acceptor: Acceptor;
  beforeAll(() => {
    acceptor = Acceptor.start({ users });
  });
  afterAll(() => acceptor.close());

  async function loggedIn(changes: Partial<LoginOptions> = {}): Promise<{ login: Login; connection: AcceptorConnection }> {
    const login = await newLogin(options(changes));
    const connection = await acceptor.connection({ protocol: "negotiate" });
    await logIn(login, connection);
    return { login, connection };
  }

  function encryptionOf(login: Login) {
    if (login.encryption === undefined) throw new Error("the login seals nothing");
    return login.encryption;
  }

  it.each([
    ["CONTOSO\\backup", "of the domain", "CONTOSO\\backup"],
    ["Administrator", "of the host", "Administrator"],
    ["backup@contoso.example", "by its UPN", "backup@contoso.example"],
    ["CONTOSO\\übung", "Umlaut", "CONTOSO\\übung"],
  ])("pyspnego lets %s in, in two legs", async (userName, password, user) => {
    const login = await newLogin(options({ userName, password }));
    const { accepted, headers } = await logIn(login, await acceptor.connection({ protocol: "negotiate" }));
    expect(accepted).toMatchObject({ done: true, user, mechanism: "ntlm" });
    expect(headers).toHaveLength(2);
    expect(login.eachRequest).toBe(false);
  });

  it("tells a wrong password after one try, and never the password", async () => {
    const login = await newLogin(options({ password: PASSWORD }));
    const connection = await acceptor.connection({ protocol: "negotiate" });
    const error = await refusal(logIn(login, connection));
    expect(error).toMatchObject({ kind: "unusable", details: { fault: "loginRefused" } });
    expect(error.message).toBe("hv01.contoso.example:5985 (WinRM) does not let the account CONTOSO\\backup in by ntlm.");
    expect(JSON.stringify([error.message, error.details, error.stack])).not.toContain(PASSWORD);
    // Whatever the host answers, even another challenge, no second response is made.
    expect(await refusal(login.next(["Negotiate"]))).toMatchObject({ details: { fault: "loginRefused" } });
    expect(await refusal(login.next(["Negotiate TlRMTVNTUAACAAAA"]))).toMatchObject({ details: { fault: "loginRefused" } });
  });

  it("seals both ways, many messages in their order, of every size", async () => {
    const { login, connection } = await loggedIn();
    const encryption = encryptionOf(login);
    for (let index = 0; index < 60; index++) {
      const message = Buffer.from(`<s:Envelope>${"ä€".repeat(index * 7)}--Encrypted Boundary\r\n${index}</s:Envelope>`);
      const sealed = await encryption.seal(message);
      expect(sealed.contentType).toBe(
        'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"',
      );
      const { head, length, header, data } = sealedParts(sealed.body);
      expect(head).toBe(
        `--Encrypted Boundary\r\n\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=${message.length}\r\n--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n`,
      );
      expect(length).toBe(data.length);
      expect(data.includes(message)).toBe(false);
      expect(await connection.unseal(header, data)).toEqual(message);
      const answer = await sealedAnswer(connection, message);
      expect(await encryption.open(answer.contentType, answer.body)).toEqual(message);
    }
    const large = Buffer.alloc(512_000, "0123456789");
    const { header, data } = sealedParts((await encryption.seal(large)).body);
    expect(await connection.unseal(header, data)).toEqual(large);
  });

  it("opens an answer of pieces of 16 KiB", async () => {
    const { login, connection } = await loggedIn();
    const message = Buffer.alloc(50_000, "<a>text</a>");
    const pieces = [0, 1, 2, 3].map((index) => message.subarray(index * 16_384, (index + 1) * 16_384));
    const answer = await sealedAnswer(connection, message, { pieces });
    expect(await encryptionOf(login).open(answer.contentType, answer.body)).toEqual(message);
  });

  it("refuses an answer in the clear", async () => {
    const { login } = await loggedIn();
    for (const contentType of ["application/soap+xml;charset=UTF-8", "text/html", "", "multipart/encryptedness", "multipart/mixed"]) {
      const error = await refusal(encryptionOf(login).open(contentType, Buffer.from("<s:Envelope/>")));
      expect(error).toMatchObject({ kind: "unusable", details: { fault: "handshakeFailed" } });
      expect(error.message).toContain("in the clear");
    }
    const typed = 'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"';
    expect((await refusal(encryptionOf(login).open(typed, Buffer.from("<s:Envelope/>")))).message).toContain("changed on the way");
  });

  it("refuses an answer that was changed, cut, left out or sent again", async () => {
    const message = Buffer.from("<s:Envelope>what the host has said</s:Envelope>");
    const whole = await (async () => {
      const { login, connection } = await loggedIn();
      return { login, answer: await sealedAnswer(connection, message) };
    })();
    for (let cut = 0; cut < whole.answer.body.length - 2; cut++)
      await expect(encryptionOf(whole.login).open(whole.answer.contentType, whole.answer.body.subarray(0, cut))).rejects.toBeInstanceOf(
        HostError,
      );

    for (const offset of [10, -30, -60]) {
      const { login, connection } = await loggedIn();
      const { contentType, body } = await sealedAnswer(connection, message);
      const at = offset < 0 ? body.length + offset : body.indexOf("octet-stream") + 14 + offset;
      body[at] = (body[at] ?? 0) ^ 1;
      await expect(encryptionOf(login).open(contentType, body)).rejects.toBeInstanceOf(HostError);
    }

    const again = await loggedIn();
    const first = await sealedAnswer(again.connection, message);
    expect(await encryptionOf(again.login).open(first.contentType, first.body)).toEqual(message);
    await expect(encryptionOf(again.login).open(first.contentType, first.body)).rejects.toBeInstanceOf(HostError);

    const leftOut = await loggedIn();
    await sealedAnswer(leftOut.connection, message);
    const second = await sealedAnswer(leftOut.connection, message);
    await expect(encryptionOf(leftOut.login).open(second.contentType, second.body)).rejects.toBeInstanceOf(HostError);
  });

  it("tells a host that offers other ways only", async () => {
    const offers = ['Basic realm="WSMAN, of hv01"', "Kerberos"];
    const login = await newLogin(options());
    await login.next([]);
    const error = await refusal(login.next(offers));
    expect(error.details.fault).toBe("loginRefused");
    expect(error.message).toBe("hv01.contoso.example:5985 (WinRM) takes no login by ntlm: it offers Basic, Kerberos.");
  });

  it("refuses a last token that the session's key has not made, and one that says no", async () => {
    const login = await newLogin(options());
    const connection = await acceptor.connection({ protocol: "negotiate" });
    const first = await connection.accept(tokenOf(await login.next([])));
    const last = await connection.accept(tokenOf(await login.next([`Negotiate ${first.token?.toString("base64")}`])));
    const forged = Buffer.from(last.token ?? []);
    forged[forged.length - 6] = (forged.at(-6) ?? 0) ^ 1;
    expect((await refusal(login.accepted([`Negotiate ${forged.toString("base64")}`]))).details.fault).toBe("handshakeFailed");
    const rejected = Buffer.from("a1073005a0030a0102", "hex").toString("base64");
    expect((await refusal(login.accepted([`Negotiate ${rejected}`]))).details.fault).toBe("loginRefused");
    expect(login.encryption).toBeUndefined();
  });

  it("is let in by nobody before it has said who it is", async () => {
    const login = await newLogin(options());
    await login.next([]);
    expect((await refusal(login.accepted([]))).details.fault).toBe("handshakeFailed");
  });
});

function tokenOf(header: string | undefined): Buffer {
  return Buffer.from(header?.split(" ")[1] ?? "", "base64");
}
