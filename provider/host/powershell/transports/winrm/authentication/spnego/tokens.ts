import { element, readElement, readElements, tags } from "../der";

/** Object identifiers of mechanisms, as they stand in a token. */
export const mechanisms = {
  /** NTLM (MS-SPNG, section 1.9). */
  ntlm: element(tags.objectIdentifier, Buffer.from("2b06010401823702020a", "hex")),
} as const;

const SPNEGO = element(tags.objectIdentifier, Buffer.from("2b0601050502", "hex"));
const ACCEPT_INCOMPLETE = 1;
const REJECT = 2;

/** The list of mechanisms that both sides' codes are over. */
export function mechanismList(offered: readonly Buffer[]): Buffer {
  return element(tags.sequence, ...offered);
}

/** NegTokenInit: what is offered, and the first token for the mechanism that is liked best (RFC 4178, section 4.2.1). */
export function initToken(offered: readonly Buffer[], mechToken: Buffer): Buffer {
  const fields = [element(0xa0, mechanismList(offered)), element(0xa2, element(tags.octetString, mechToken))];
  return element(0x60, SPNEGO, element(0xa0, element(tags.sequence, ...fields)));
}

/** NegTokenResp of the client (RFC 4178, section 4.2.2). */
export function responseToken(token: Buffer, mechListMic: Buffer): Buffer {
  return element(
    0xa1,
    element(
      tags.sequence,
      element(0xa0, element(tags.enumerated, Buffer.from([ACCEPT_INCOMPLETE]))),
      element(0xa2, element(tags.octetString, token)),
      element(0xa3, element(tags.octetString, mechListMic)),
    ),
  );
}

/** NegTokenResp of the host. */
export interface HostsResponse {
  readonly isRejected: boolean;
  readonly token: Buffer | undefined;
  readonly mechListMic: Buffer | undefined;
}

/** Undefined for bytes that are no NegTokenResp. */
export function readResponse(bytes: Buffer): HostsResponse | undefined {
  const outer = readElement(bytes);
  const sequence = outer?.tag === 0xa1 ? readElement(outer.content) : undefined;
  const fields = sequence?.tag === tags.sequence ? readElements(sequence.content) : undefined;
  if (fields === undefined) return undefined;
  const field = (tag: number) => {
    const found = fields.find((one) => one.tag === tag);
    return found && readElement(found.content)?.content;
  };
  return { isRejected: field(0xa0)?.[0] === REJECT, token: field(0xa2), mechListMic: field(0xa3) };
}
