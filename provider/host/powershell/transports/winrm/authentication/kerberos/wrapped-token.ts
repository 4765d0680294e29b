/** RFC 4121: an encrypted message begins with its header, and ends with a copy of it and a checksum. */
const HEADER = 16;
const CONFOUNDER = 16;
const TOKEN_ID = 0x0504;
const ROTATION_OFFSET = 6;
/** RFC 4757, for RC4: behind GSS-API's frame a header, and a confounder of 8 bytes. */
const RC4_HEADER = 32;
const GSS_FRAME = 0x60;
const NTLM_SIGNATURE = 16;

/**
 * A sealed message of GSS-API cut into the two parts that WinRM wants: what the cipher has added, and then as many bytes as the message has
 * (MS-WSMV, section 2.2.9.1.1.2.2). With AES the addition stands on both sides of the message: the end is turned to the front, which the
 * token's rotation count (RRC) says to whoever reads it, and nothing else is changed. With RC4 one byte of padding stays at the end. Windows'
 * own Negotiate may have settled on NTLM, whose signature stands in front. Undefined for a token of another make.
 */
export function splitToken(token: Buffer, messageLength: number): { header: Buffer; data: Buffer; padding: number } | undefined {
  if (token[0] === GSS_FRAME) return splitRc4Token(token, messageLength);
  if (token.length === NTLM_SIGNATURE + messageLength && token.readUInt32LE(0) === 1) return cut(token, NTLM_SIGNATURE, 0);
  if (token.length < HEADER + CONFOUNDER + messageLength || token.readUInt16BE(0) !== TOKEN_ID) return undefined;
  const sealed = token.subarray(HEADER);
  const rotation = sealed.length - CONFOUNDER - messageLength;
  const turn = (((rotation - token.readUInt16BE(ROTATION_OFFSET)) % sealed.length) + sealed.length) % sealed.length;
  const head = Buffer.from(token.subarray(0, HEADER));
  head.writeUInt16BE(rotation, ROTATION_OFFSET);
  const turned = Buffer.concat([head, sealed.subarray(sealed.length - turn), sealed.subarray(0, sealed.length - turn)]);
  return cut(turned, turned.length - messageLength, 0);
}

function cut(token: Buffer, start: number, padding: number): { header: Buffer; data: Buffer; padding: number } {
  return { header: token.subarray(0, start), data: token.subarray(start), padding };
}

function splitRc4Token(token: Buffer, messageLength: number): { header: Buffer; data: Buffer; padding: number } | undefined {
  const lengthBytes = (token[1] ?? 0) < 0x80 ? 1 : 1 + ((token[1] ?? 0) - 0x80);
  const identifier = 1 + lengthBytes;
  const start = identifier + 2 + (token[identifier + 1] ?? 0) + RC4_HEADER;
  const padding = token.length - start - messageLength;
  if (padding < 0 || padding > 8) return undefined;
  return { header: token.subarray(0, start), data: token.subarray(start), padding };
}
