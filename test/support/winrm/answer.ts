import { randomUUID } from "node:crypto";
import { type FaultName, type FaultWords, faults } from "./faults";
import type { WsmanRequest } from "./request";
import { ANONYMOUS, FAULT_ACTION, namespaces } from "./words";

/** What the server says of one request: an HTTP status and an envelope. */
export interface Answer {
  readonly status: number;
  readonly envelope: string;
}

const { soap, addressing, transfer, wsman, shell, microsoft, identify } = namespaces;

export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** An answer of success; `body` is the Body's content. */
export function answered(request: WsmanRequest, body: string): Answer {
  return { status: 200, envelope: envelope(`${request.action}Response`, request.messageId, body) };
}

/** @param messageId of the request, where it could be read so far */
export function refused(fault: FaultName, message: string, messageId: string, machine: string): Answer {
  const words: FaultWords = faults[fault];
  const detail = words.detail
    ? `<w:FaultDetail>http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/${words.detail}</w:FaultDetail>`
    : "";
  const text = escapeXml(`${message} `);
  const told = words.ofPlugin
    ? `<f:ProviderFault provider="Shell cmd plugin" path="%systemroot%\\system32\\winrscmd.dll">${text}</f:ProviderFault>`
    : text;
  const code = `<s:Code><s:Value>s:${words.by}</s:Value><s:Subcode><s:Value>${words.subcode}</s:Value></s:Subcode></s:Code>`;
  const reason = `<s:Reason><s:Text xml:lang="en-US">${text}</s:Text></s:Reason>`;
  const wsmanFault =
    `<f:WSManFault xmlns:f="${namespaces.fault}" Code="${words.code}" Machine="${escapeXml(machine)}">` +
    `<f:Message>${told}</f:Message></f:WSManFault>`;
  const body = `<s:Fault>${code}${reason}<s:Detail>${detail}${wsmanFault}</s:Detail></s:Fault>`;
  return { status: 500, envelope: envelope(FAULT_ACTION, messageId, body) };
}

/** Who the server is. DSP0226 11; a Windows server tells its version to those who have logged in only. */
export function identified(version: string): Answer {
  const words = [
    ["ProtocolVersion", wsman],
    ["ProductVendor", "Microsoft Corporation"],
    ["ProductVersion", version],
  ];
  const content = words.map(([name, value]) => `<wsmid:${name}>${value}</wsmid:${name}>`).join("");
  const body = `<wsmid:IdentifyResponse xmlns:wsmid="${identify}">${content}</wsmid:IdentifyResponse>`;
  return { status: 200, envelope: `<s:Envelope xml:lang="en-US" xmlns:s="${soap}"><s:Header/><s:Body>${body}</s:Body></s:Envelope>` };
}

function envelope(action: string, relatesTo: string, body: string): string {
  return (
    `<s:Envelope xml:lang="en-US" xmlns:s="${soap}" xmlns:a="${addressing}" xmlns:x="${transfer}" xmlns:w="${wsman}" ` +
    `xmlns:rsp="${shell}" xmlns:p="${microsoft}"><s:Header><a:Action>${action}</a:Action>` +
    `<a:MessageID>uuid:${randomUUID().toUpperCase()}</a:MessageID><p:ActivityId>${randomUUID().toUpperCase()}</p:ActivityId>` +
    `<a:To>${ANONYMOUS}</a:To><a:RelatesTo>${escapeXml(relatesTo)}</a:RelatesTo></s:Header><s:Body>${body}</s:Body></s:Envelope>`
  );
}
