import { describe, expect, it } from "vitest";
import { bindingHash } from "../../../provider/host/powershell/transports/winrm/authentication/channel-binding";
import {
  lmv2Response,
  messageKeys,
  ntlmv2Response,
  responseKey,
} from "../../../provider/host/powershell/transports/winrm/authentication/ntlm/keys";
import { md4 } from "../../../provider/host/powershell/transports/winrm/authentication/ntlm/md4";
import { MessageStream } from "../../../provider/host/powershell/transports/winrm/authentication/ntlm/message-stream";
import { readChallenge } from "../../../provider/host/powershell/transports/winrm/authentication/ntlm/messages";
import { NtlmSession } from "../../../provider/host/powershell/transports/winrm/authentication/ntlm/ntlm-session";
import { Rc4 } from "../../../provider/host/powershell/transports/winrm/authentication/ntlm/rc4";
import { readTargetInfo } from "../../../provider/host/powershell/transports/winrm/authentication/ntlm/target-info";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

describe("MD4 (RFC 1320, section A.5)", () => {
  it.each([
    ["", "31d6cfe0d16ae931b73c59d7e0c089c0"],
    ["a", "bde52cb31de33e46245e05fbdbd6fb24"],
    ["abc", "a448017aaf21d8525fc10ae87aa6729d"],
    ["message digest", "d9130a8164549fe818874806e1c7014b"],
    ["abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9"],
    ["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "043f8582f241db351ce627e153e7f0e4"],
    ["1234567890".repeat(8), "e33b4ddc9c38f2199c3e7b164fcc0536"],
  ])("of %j", (text, digest) => {
    expect(md4(Buffer.from(text, "latin1")).toString("hex")).toBe(digest);
  });
});

describe("RC4 (RFC 6229)", () => {
  it.each([
    ["0102030405", "b2396305f03dc027ccc3524a0a1118a8"],
    ["0102030405060708090a0b0c0d0e0f10", "9ac7cc9a609d1ef7b2932899cde41b97"],
  ])("of the key %s, in any pieces", (key, stream) => {
    const whole = new Rc4(hex(key)).update(Buffer.alloc(16));
    const cipher = new Rc4(hex(key));
    expect(whole.toString("hex")).toBe(stream);
    expect(Buffer.concat([cipher.update(Buffer.alloc(5)), cipher.update(Buffer.alloc(11))]).toString("hex")).toBe(stream);
  });
});

// Inputs of section 4.2.1 and 4.2.4 of MS-NLMP.
const account = { domain: "Domain", name: "User", password: "Password" };
const clientChallenge = hex("aa".repeat(8));
const sessionKey = hex("55".repeat(16));
const targetInfo = hex("02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000");
const challengeMessage = hex(
  "4e544c4d53535000 02000000 0c000c0038000000 33828ae2 0123456789abcdef 0000000000000000 2400240044000000 060070170000000f" +
    "530065007200760065007200 02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000",
);

describe("NTLMv2 (MS-NLMP, section 4.2.4)", () => {
  const key = responseKey(account);

  it("makes the response key of name, domain and password", () => {
    expect(key.toString("hex")).toBe("0c868a403bfd7a93a3001ef22ef02e3f");
  });

  it("reads the challenge", () => {
    const challenge = readChallenge(challengeMessage);
    expect(challenge?.flags).toBe(0xe28a8233);
    expect(challenge?.serverChallenge.toString("hex")).toBe("0123456789abcdef");
    expect(challenge?.targetInfo.toString("hex")).toBe(targetInfo.toString("hex"));
    expect([...(readTargetInfo(targetInfo) ?? [])].map(([id, value]) => [id, value.toString("utf16le")])).toEqual([
      [2, "Domain"],
      [1, "Server"],
    ]);
  });

  it("makes both responses and the session's base key", () => {
    const serverChallenge = hex("0123456789abcdef");
    const { response, sessionBaseKey } = ntlmv2Response({
      responseKey: key,
      serverChallenge,
      clientChallenge,
      timestamp: Buffer.alloc(8),
      targetInfo,
    });
    expect(response.subarray(0, 16).toString("hex")).toBe("68cd0ab851e51c96aabc927bebef6a1c");
    expect(sessionBaseKey.toString("hex")).toBe("8de40ccadbc14a82f15cb0ad0de95ca3");
    expect(lmv2Response(key, serverChallenge, clientChallenge).toString("hex")).toBe("86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa");
    expect(new Rc4(sessionBaseKey).update(sessionKey).toString("hex")).toBe("c5dad2544fc9799094ce1ce90bc9d03e");
  });

  it("makes the keys of both directions, and seals", () => {
    const keys = messageKeys(sessionKey, "client");
    expect(keys.sign.toString("hex")).toBe("4788dc861b4782f35d43fd98fe1a2d39");
    expect(keys.seal.toString("hex")).toBe("59f600973cc4960a25480a7c196e4c58");
    const { signature, data } = new MessageStream(keys).seal(Buffer.from("Plaintext", "utf16le"));
    expect(data.toString("hex")).toBe("54e50165bf1936dc996020c1811b0f06fb5f");
    expect(signature.toString("hex")).toBe("010000007fb38ec5c55d497600000000");
  });

  it("vouches for all three messages, and names what it logs in to and through which TLS", () => {
    const channelBindings = hex("cb".repeat(16));
    const session = new NtlmSession({ account, targetName: "HTTP/hv01", channelBindings });
    const answer = session.authenticate(challengeMessage);
    if ("problem" in answer) throw new Error(answer.problem);
    const { message } = answer;
    const pair = (id: number, value: Buffer) => Buffer.concat([Buffer.from([id, 0, value.length, 0]), value]);
    expect(message.includes(pair(6, hex("02000000")))).toBe(true);
    expect(message.includes(pair(9, Buffer.from("HTTP/hv01", "utf16le")))).toBe(true);
    expect(message.includes(pair(10, channelBindings))).toBe(true);
    expect(message.subarray(72, 88).equals(Buffer.alloc(16))).toBe(false);
  });

  it("refuses a challenge that is cut, or that grants too little", () => {
    const session = () => new NtlmSession({ account, targetName: "HTTP/Server", channelBindings: undefined });
    expect(session().authenticate(challengeMessage)).toHaveProperty("message");
    for (let length = 0; length < challengeMessage.length; length++)
      expect(session().authenticate(challengeMessage.subarray(0, length))).toHaveProperty("problem");
    const withoutSeal = Buffer.from(challengeMessage);
    withoutSeal.writeUInt32LE(0xe28a8233 - 0x20, 20);
    expect(session().authenticate(withoutSeal)).toEqual({ problem: "its challenge of NTLM lacks seal" });
  });

  it("knows no upper case of a letter that Windows has none of", () => {
    const other = (name: string) => responseKey({ ...account, name }).toString("hex");
    expect(other("üser")).toBe(other("ÜSER"));
    expect(other("straße")).not.toBe(other("strasse"));
  });
});

describe("channel bindings", () => {
  it("hashes GSS-API's structure as Microsoft's example of extended protection does", () => {
    const certificateHash = hex("ea05fefecc6b0bd571dbbc5baa3ed45386d0446835f7b74c85621b9983475f95");
    const applicationData = Buffer.concat([Buffer.from("tls-server-end-point:"), certificateHash]);
    expect(bindingHash(applicationData).toString("hex")).toBe("6586e99d81c2fc984e47172fd4dd0310");
  });
});
