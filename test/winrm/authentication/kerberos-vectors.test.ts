import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  cipherTextStealing,
  decrypt,
  encrypt,
  nFold,
  stolenCipherText,
} from "../../../provider/host/powershell/transports/winrm/authentication/kerberos/aes";
import { sessionKeyOf } from "../../../provider/host/powershell/transports/winrm/authentication/kerberos/credential-cache";
import { splitToken } from "../../../provider/host/powershell/transports/winrm/authentication/kerberos/wrapped-token";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

describe("n-fold (RFC 3961, section A.1)", () => {
  it.each([
    ["012345", 8, "be072631276b1955"],
    ["password", 7, "78a07b6caf85fa"],
    ["Rough Consensus, and Running Code", 8, "bb6ed30870b7f0e0"],
    ["password", 21, "59e4a8ca7c0385c3c37b3f6d2000247cb6e6bd5b3e"],
    ["MASSACHVSETTS INSTITVTE OF TECHNOLOGY", 24, "db3b0d8f0b061e603282b308a50841229ad798fab9540c1b"],
    ["Q", 21, "518a54a215a8452a518a54a215a8452a518a54a215"],
    ["ba", 21, "fb25d531ae8974499f52fd92ea9857c4ba24cf297e"],
    ["kerberos", 8, "6b65726265726f73"],
    ["kerberos", 16, "6b65726265726f737b9b5b2b93132b93"],
  ])("of %j to %i bytes", (text, length, folded) => {
    expect(nFold(Buffer.from(text), length).toString("hex")).toBe(folded);
  });
});

describe("AES with stolen cipher text (RFC 3962, appendix B)", () => {
  const key = hex("636869636b656e207465726979616b69");
  it.each([
    ["4920776f756c64206c696b652074686520", "c6353568f2bf8cb4d8a580362da7ff7f97"],
    ["4920776f756c64206c696b65207468652047656e6572616c20476175277320", "fc00783e0efdb2c1d445d4c8eff7ed2297687268d6ecccc0c07b25e25ecfe5"],
    [
      "4920776f756c64206c696b65207468652047656e6572616c2047617527732043",
      "39312523a78662d5be7fcbcc98ebf5a897687268d6ecccc0c07b25e25ecfe584",
    ],
    [
      "4920776f756c64206c696b65207468652047656e6572616c20476175277320436869636b656e2c20706c656173652c",
      "97687268d6ecccc0c07b25e25ecfe584b3fffd940c16a18c1b5549d2f838029e39312523a78662d5be7fcbcc98ebf5",
    ],
  ])("of %s", (plain, sealed) => {
    expect(cipherTextStealing(key, hex(plain)).toString("hex")).toBe(sealed);
    expect(stolenCipherText(key, hex(sealed)).toString("hex")).toBe(plain);
  });

  it("opens what it has sealed, of every length, and nothing that was changed", () => {
    for (const [encryptionType, length] of [
      [17, 16],
      [18, 32],
    ] as const) {
      const sealing = { encryptionType, bytes: randomBytes(length) };
      for (let size = 0; size < 70; size++) {
        const message = randomBytes(size);
        const sealed = encrypt(sealing, 24, message);
        expect(decrypt(sealing, 24, sealed)).toEqual(message);
        expect(decrypt(sealing, 22, sealed)).toBeUndefined();
        sealed[size] = (sealed[size] ?? 0) ^ 1;
        expect(decrypt(sealing, 24, sealed)).toBeUndefined();
      }
    }
    expect(decrypt({ encryptionType: 17, bytes: randomBytes(16) }, 24, Buffer.alloc(10))).toBeUndefined();
  });
});

describe("the two parts of a sealed message", () => {
  const message = Buffer.alloc(100, "m");
  const confounder = Buffer.alloc(16, "c");
  const end = Buffer.concat([Buffer.alloc(16, "h"), Buffer.alloc(12, "s")]);
  const header = (rotation: number) => Buffer.from([5, 4, 6, 0xff, 0, 0, 0, rotation, 0, 0, 0, 0, 0, 0, 0, 1]);
  const expected = { header: Buffer.concat([header(28), end, confounder]), data: message, padding: 0 };

  it("are the same of a token that was not turned, of one that was, and of one that was turned otherwise", () => {
    const sealed = Buffer.concat([confounder, message, end]);
    const turnedBy = (count: number) => Buffer.concat([sealed.subarray(sealed.length - count), sealed.subarray(0, sealed.length - count)]);
    for (const rotation of [0, 12, 28, 100, sealed.length])
      expect(splitToken(Buffer.concat([header(rotation), turnedBy(rotation % sealed.length)]), message.length)).toEqual(expected);
  });

  it("are NTLM's signature and the rest, where Windows has settled on that", () => {
    const signature = hex("01000000 0102030405060708 00000000");
    expect(splitToken(Buffer.concat([signature, message]), message.length)).toEqual({ header: signature, data: message, padding: 0 });
  });

  it("are, of RC4, all up to the message, and the message with its padding", () => {
    // RFC 4757, section 7.3: GSS-API's frame, 8 bytes each of header, sequence, checksum and confounder.
    for (const frame of ["6081 9a 06092a864886f712010202", "6082 009a 06092a864886f712010202"]) {
      const first = Buffer.concat([hex(frame), hex("0201 1100 1000 ffff"), Buffer.alloc(24, "x")]);
      const token = Buffer.concat([first, message, Buffer.from([1])]);
      expect(splitToken(token, message.length)).toEqual({ header: first, data: token.subarray(first.length), padding: 1 });
    }
  });

  it("are not made of anything else", () => {
    for (const token of [Buffer.alloc(0), Buffer.alloc(20), Buffer.alloc(300), header(0), hex("60"), hex("6003060100")])
      expect(splitToken(token, message.length)).toBeUndefined();
  });
});

describe("a cache of tickets", () => {
  it("that is cut, or none, has no key", () => {
    const data = (text: string) => Buffer.concat([number(text.length), Buffer.from(text)]);
    const principal = Buffer.concat([number(1), number(1), data("REALM"), data("name")]);
    const ticket = Buffer.from("\x61ticket", "latin1");
    const credential = Buffer.concat([
      ...[principal, principal, hex("0012"), data("k".repeat(32)), Buffer.alloc(16), Buffer.from([0]), number(0)],
      ...[number(1), hex("0002"), data("addr"), number(1), hex("0001"), data("auth"), data(ticket.toString("latin1")), data("")],
    ]);
    const cache = Buffer.concat([hex("0504 0004 00000000"), principal, credential]);
    const token = Buffer.concat([Buffer.from("before"), ticket, Buffer.from("after")]);
    expect(sessionKeyOf(cache, token)).toEqual({ key: { encryptionType: 18, bytes: Buffer.alloc(32, "k") }, ticketEnd: 13 });
    for (let length = 0; length < cache.length; length++) {
      if (length === cache.length - credential.length) continue;
      expect(sessionKeyOf(cache.subarray(0, length), token)).toBeUndefined();
    }
    expect(sessionKeyOf(cache, Buffer.from("another token"))).toBeUndefined();
  });
});

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
