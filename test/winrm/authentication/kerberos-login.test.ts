import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { Login, LoginOptions } from "../../../provider/host/powershell/transports/winrm/authentication/login";
import { newLogin } from "../../../provider/host/powershell/transports/winrm/authentication/new-login";
import { Acceptor, type AcceptorConnection } from "../../support/winrm/acceptor";
import { describeWithKdc } from "../../support/winrm/describe-with-peers";
import { fakeClock, type Kdc, REALM, startKdc } from "../../support/winrm/kdc";
import { logIn } from "../../support/winrm/log-in";
import { refusal } from "../../support/winrm/login-refusal";
import { sealedAnswer, sealedParts } from "../../support/winrm/sealed-message";

/** A certificate (DER) of a key of its own. */
function certificate(): Buffer {
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-sha384"];
  return execFileSync("openssl", ["req", "-x509", "-nodes", "-subj", "/CN=hv01", "-keyout", "/dev/null", "-outform", "DER", ...curve], {
    stdio: "pipe",
  });
}

const PASSWORD = "Richtig; ä€ \\ '";
const HOST = "hv01.contoso.test";

const schemes = [
  { authentication: "kerberos", scheme: "Kerberos" },
  { authentication: "negotiate", scheme: "Negotiate" },
] as const;

describeWithKdc(() => {
  let kdc: Kdc;
  let acceptor: Acceptor;
  beforeAll(async () => {
    kdc = await startKdc({ accounts: { backup: PASSWORD }, services: [`HTTP/${HOST}`], strangers: ["HTTP/stranger.contoso.test"] });
    acceptor = Acceptor.start({
      environment: kdc.environment,
      users: [
        { domain: "CONTOSO", name: "backup", password: PASSWORD },
        { domain: "", name: "backup@nowhere.test", password: PASSWORD },
      ],
    });
  });
  afterAll(async () => {
    await acceptor?.close();
    await kdc?.close();
  });

  const before = { ...process.env };
  beforeEach(() => {
    Object.assign(process.env, kdc.environment, { KRB5CCNAME: "FILE:/nonexistent/cache" });
  });
  afterEach(() => {
    for (const name of ["KRB5_CONFIG", "KRB5_KTNAME", "KRB5CCNAME", "PATH"]) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });

  function options(changes: Partial<LoginOptions> = {}): LoginOptions {
    const account = { userName: `backup@${REALM}`, password: PASSWORD };
    return { computerName: HOST, port: 5985, authentication: "kerberos", useSsl: false, ...account, ...changes };
  }

  const without = { userName: undefined, password: undefined };
  const connection = () => acceptor.connection({ protocol: "negotiate" });
  const seals = async (login: Login, accepting: AcceptorConnection, protocol: "SPNEGO" | "Kerberos") => {
    const { encryption } = login;
    if (encryption === undefined) throw new Error("the login seals nothing");
    expect(encryption.contentType).toBe(
      `multipart/encrypted;protocol="application/HTTP-${protocol}-session-encrypted";boundary="Encrypted Boundary"`,
    );
    for (const length of [1, 15, 16, 17, 31, 32, 33, 1000, 16_384, 65_537, 512_000, 1, 2, 3]) {
      const message = Buffer.alloc(length, "<s:Envelope>ä€");
      const { head, length: announced, header, data } = sealedParts((await encryption.seal(message)).body);
      expect(head).toContain(`Content-Type: application/HTTP-${protocol}-session-encrypted\r\n`);
      expect([announced, data.length, header.length]).toEqual([length, length, 60]);
      expect((await accepting.unseal(header, data)).equals(message)).toBe(true);
      const answer = await sealedAnswer(accepting, message, { protocol });
      expect((await encryption.open(answer.contentType, answer.body)).equals(message)).toBe(true);
    }
  };

  it.each(schemes)("$authentication logs in by a password, and seals both ways", async ({ authentication, scheme }) => {
    const login = await newLogin(options({ authentication }));
    const accepting = await connection();
    const { accepted, headers } = await logIn(login, accepting, scheme);
    expect(accepted).toMatchObject({ user: `backup@${REALM}`, mechanism: "kerberos" });
    expect(headers).toHaveLength(1);
    await seals(login, accepting, scheme === "Kerberos" ? "Kerberos" : "SPNEGO");
  });

  it.each(schemes)("$authentication logs in by the tickets of this process", async ({ authentication, scheme }) => {
    process.env.KRB5CCNAME = `FILE:${kdc.ticket("backup", PASSWORD)}`;
    for (const account of [without, { userName: `backup@${REALM}`, password: undefined }]) {
      const login = await newLogin(options({ authentication, ...account }));
      const accepting = await connection();
      await logIn(login, accepting, scheme);
      await seals(login, accepting, scheme === "Kerberos" ? "Kerberos" : "SPNEGO");
    }
  });

  it("refuses an answer that was changed, left out or sent again", async () => {
    const message = Buffer.from("<s:Envelope>what the host has said</s:Envelope>");
    const whole = async () => {
      const login = await newLogin(options());
      const accepting = await connection();
      await logIn(login, accepting, "Kerberos");
      const open = ({ contentType, body }: { contentType: string; body: Buffer }) => login.encryption?.open(contentType, body);
      return { open, answer: () => sealedAnswer(accepting, message, { protocol: "Kerberos" }) };
    };
    const changed = await whole();
    const answer = await changed.answer();
    answer.body[answer.body.length - 40] = (answer.body.at(-40) ?? 0) ^ 1;
    await expect(changed.open(answer)).rejects.toMatchObject({ details: { fault: "handshakeFailed" } });
    const again = await whole();
    const first = await again.answer();
    expect(await again.open(first)).toEqual(message);
    await expect(again.open(first)).rejects.toMatchObject({ details: { fault: "handshakeFailed" } });
    const leftOut = await whole();
    await leftOut.answer();
    await expect(leftOut.open(await leftOut.answer())).rejects.toMatchObject({ details: { fault: "handshakeFailed" } });
  });

  it("says how to have tickets in a file where they are in none", async () => {
    const cache = kdc.ticket("backup", PASSWORD);
    process.env.KRB5CCNAME = `DIR:${kdc.folder}/collection`;
    mkdirSync(`${kdc.folder}/collection`, { recursive: true });
    copyFileSync(cache, `${kdc.folder}/collection/tkt`);
    const error = await refusal(newLogin(options(without)));
    expect(error.details).toMatchObject({ fault: "handshakeFailed", remedy: expect.stringContaining("KRB5CCNAME=FILE:") });
    const login = await newLogin(options({ ...without, useSsl: true }));
    expect((await logIn(login, await connection(), "Kerberos")).accepted.done).toBe(true);
  });

  it("seals nothing by itself over HTTPS", async () => {
    const login = await newLogin(options({ useSsl: true, port: 5986 }));
    await logIn(login, await connection(), "Kerberos");
    expect(login.encryption).toBeUndefined();
  });

  it.each(schemes)("$authentication is bound to the certificate over HTTPS", async ({ authentication, scheme }) => {
    const [own, other] = [certificate(), certificate()];
    const logInBy = async (serverCertificate: Buffer | undefined, changes: Partial<LoginOptions> = {}) => {
      const login = await newLogin(options({ authentication, useSsl: true, port: 5986, serverCertificate, ...changes }));
      return logIn(login, await acceptor.connection({ protocol: "negotiate", certificate: own }), scheme);
    };
    expect((await logInBy(own)).accepted).toMatchObject({ done: true, isBound: true });
    expect((await logInBy(undefined)).accepted).toMatchObject({ done: true, isBound: false });
    expect((await refusal(logInBy(other))).details.fault).toBe("loginRefused");
    process.env.KRB5CCNAME = `FILE:${kdc.ticket("backup", PASSWORD)}`;
    expect((await logInBy(own, without)).accepted.isBound).toBe(true);
  });

  it("takes a domain in small letters, and one before a backslash", async () => {
    for (const userName of [`backup@${REALM.toLowerCase()}`, `${REALM}\\backup`]) {
      const { accepted } = await logIn(await newLogin(options({ userName })), await connection(), "Kerberos");
      expect(accepted.user).toBe(`backup@${REALM}`);
    }
  });

  it("logs several accounts in at once, each with its own ticket, and leaves none behind", async () => {
    process.env.KRB5CCNAME = `FILE:${kdc.ticket("backup", PASSWORD)}`;
    const logins = await Promise.all([options(), options(without), options(), options(without)].map((one) => newLogin(one)));
    for (const login of logins) await logIn(login, await connection(), "Kerberos");
    expect(process.env.KRB5CCNAME).toContain("cache");
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("hyperv-ticket-"))).toEqual([]);
  });

  it.each(schemes)("$authentication tries a wrong password once, at the domain controller alone", async ({ authentication }) => {
    const failures = () => kdc.log().split("PREAUTH_FAILED").length;
    const earlier = failures();
    const error = await refusal(newLogin(options({ authentication, password: "Wrong-12345" })));
    expect(error).toMatchObject({ kind: "unusable", details: { fault: "loginRefused" } });
    expect(error.message).toMatch(
      /^Kerberos does not log the account backup@CONTOSO\.TEST in to hv01\.contoso\.test:5985 \(WinRM\): the password is wrong/,
    );
    expect(JSON.stringify([error.message, error.details, error.stack])).not.toContain("Wrong-12345");
    expect(failures() - earlier).toBe(1);
  });

  it("tells that there is no ticket", async () => {
    const error = await refusal(newLogin(options(without)));
    expect(error.details).toMatchObject({ fault: "loginRefused", remedy: expect.stringContaining("kinit") });
    expect(error.message).toContain("this process has no ticket");
  });

  it("tells that the ticket has expired", async () => {
    process.env.KRB5CCNAME = `FILE:${kdc.ticket("backup", PASSWORD, "-l", "1s")}`;
    await new Promise((resolve) => setTimeout(resolve, 2100));
    const error = await refusal(newLogin(options(without)));
    expect(error.details.fault).toBe("loginRefused");
    expect(error.message).toContain("the ticket has expired");
  });

  it("tells that the domain knows no such service, and no such account", async () => {
    const service = await refusal(newLogin(options({ computerName: "other.contoso.test" })));
    expect(service.message).toContain("the domain knows no service HTTP of that name");
    const account = await refusal(newLogin(options({ userName: `nobody@${REALM}` })));
    expect(account.message).toContain("the domain knows no such account");
  });

  it.each(schemes)(
    "$authentication tells that another machine has the name, where the host says so",
    async ({ authentication, scheme }) => {
      const login = () => newLogin(options({ authentication, computerName: "stranger.contoso.test" }));
      const silent = await refusal(logIn(await login(), await connection(), scheme));
      expect(silent.details.fault).toBe("loginRefused");
      const telling = await refusal(logIn(await login(), await connection(), scheme, "telling why"));
      expect(telling.details.fault).toBe("loginRefused");
      expect(telling.message).toContain("another machine has that name in the domain");
    },
  );

  it("tells of a domain that nothing leads to, and of a controller that is silent", async () => {
    const unknown = await refusal(newLogin(options({ userName: "backup@elsewhere.test" })));
    expect(unknown.message).toContain("nothing says where the domain's controller is");
    const gone = await startKdc({});
    const address = readFileSync(gone.environment.KRB5_CONFIG ?? "", "utf8");
    await gone.close();
    process.env.KRB5_CONFIG = `${kdc.folder}/silent.conf`;
    writeFileSync(process.env.KRB5_CONFIG, address);
    const silent = await refusal(newLogin(options()));
    expect(silent.kind).toBe("unreachable");
    expect(silent.message).toMatch(/no domain controller answers \(kinit: Cannot contact any KDC/);
  });

  it("tells clocks that are too far apart: the host's", async () => {
    const late = Acceptor.start({ environment: { ...kdc.environment, LD_PRELOAD: fakeClock(), FAKETIME: "+20m" } });
    try {
      const accepting = () => late.connection({ protocol: "negotiate" });
      const silent = await refusal(logIn(await newLogin(options()), await accepting(), "Kerberos"));
      expect(silent.details.fault).toBe("loginRefused");
      const telling = await refusal(logIn(await newLogin(options()), await accepting(), "Kerberos", "telling why"));
      expect(telling.message).toContain("the clocks are too far apart");
    } finally {
      await late.close();
    }
  });

  it("tells clocks that are too far apart: the domain controller's", async () => {
    const ahead = await startKdc({ accounts: { backup: PASSWORD }, services: [`HTTP/${HOST}`], clock: "+1h" });
    try {
      Object.assign(process.env, ahead.punctualEnvironment);
      const error = await refusal(newLogin(options()));
      expect(error.details).toMatchObject({ fault: "loginRefused", remedy: expect.stringContaining("clocks") });
      expect(error.message).toContain("the clocks are too far apart");
    } finally {
      await ahead.close();
    }
  });

  it("does not try a locked account, nor one whose password has expired, in another way", async () => {
    kdc.administer(
      "addprinc -allow_tix +requires_preauth -pw some locked",
      'addprinc -pwexpire "2001-01-01" +requires_preauth -pw some old',
    );
    for (const [name, what] of [
      ["locked", "the account is locked"],
      ["old", "the password has expired"],
    ] as const) {
      const error = await refusal(newLogin(options({ authentication: "negotiate", userName: `${name}@${REALM}`, password: "some" })));
      expect(error.message).toContain(what);
      expect(error.details.fault).toBe("loginRefused");
    }
  });

  it("tells that there is no kinit, where a ticket is to be had for a password", async () => {
    process.env.PATH = "/nonexistent";
    const error = await refusal(newLogin(options()));
    expect(error.details).toMatchObject({ fault: "programMissing", remedy: expect.stringContaining("krb5-user") });
  });

  it("negotiate goes on by NTLM where Kerberos leads nowhere", async () => {
    const nowhere = [
      { userName: "CONTOSO\\backup" },
      { userName: "backup@nowhere.test" },
      { computerName: "192.0.2.1", userName: "backup@nowhere.test" },
    ];
    for (const changes of nowhere) {
      const login = await newLogin(options({ authentication: "negotiate", ...changes }));
      const { accepted } = await logIn(login, await connection());
      expect(accepted.mechanism).toBe("ntlm");
    }
  });

  it("negotiate does not go on by NTLM without a password", async () => {
    const error = await refusal(newLogin(options({ authentication: "negotiate", ...without })));
    expect(error.message).toContain("this process has no ticket");
  });

  it("does not believe a host that has not proved itself", async () => {
    const login = await newLogin(options());
    await login.next([]);
    for (const challenges of [[], ["Kerberos"]]) {
      expect((await refusal(login.accepted(challenges))).details.fault).toBe("handshakeFailed");
    }
    expect(login.encryption).toBeUndefined();
  });
});
