import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerTo } from "../../provider/host/powershell/transports/winrm/answers";
import { refusedBy } from "../../provider/host/powershell/transports/winrm/faults";
import { explain } from "../../provider/lifecycle/session/host-failure";

const refused = (code: number, reason = "so it is") => refusedBy("hv01 (WinRM)", { code, subcode: "", reason });

describe("a refusal of WinRM", () => {
  it.each([
    [2150859173, "MaxShellsPerUser"],
    [2150859236, "MaxShellsPerUser"],
    [2150859179, "MaxConcurrentUsers"],
    [2150859237, "MaxConcurrentUsers"],
    [2150859241, "MaxProcessesPerShell"],
    [2147944216, "MaxProcessesPerShell"],
    [1816, "MaxProcessesPerShell"],
    [2147943855, "MaxMemoryPerShellMB"],
    [8, "MaxMemoryPerShellMB"],
    [2150859174, "MaxConcurrentOperationsPerUser"],
    [2150858823, "MaxEnvelopeSizekb"],
  ])("of a quota names the setting: %i is %s", (code, setting) => {
    const error = explain(refused(code), "open a session", "hv01");
    expect(error.code).toBe("remote-shell-quota");
    expect(error.message).toContain(setting);
    expect(error.message).toContain(String(code));
  });

  it.each([
    [5, "access-denied", "Remote Management Users"],
    [2147942405, "access-denied", "Remote Management Users"],
    [2150859180, "access-denied", "AllowRemoteShellAccess"],
    [2147942402, "program-missing", "powershell.exe is part of the system"],
    [2150858843, "connection-lost", "Run the command again"],
    [995, "connection-lost", "Run the command again"],
    [2147942632, "connection-lost", "Run the command again"],
    [2150858752, "handshake-failed", "winrm quickconfig"],
    [2150858793, "host-unreachable", "Check the host"],
    [4711, "handshake-failed", "Start the same PowerShell by hand"],
    [0, "handshake-failed", "Start the same PowerShell by hand"],
  ])("has a code and a remedy: %i is %s", (code, errorCode, remedy) => {
    const error = explain(refused(code), "open a session", "hv01");
    expect(error.code).toBe(errorCode);
    expect(error.message).toContain(remedy);
    expect(error.message).toContain("so it is");
  });

  it("is known by its number, whatever the host says", () => {
    fc.assert(
      fc.property(fc.string(), (reason) => {
        expect(refused(2150859173, reason).details.fault).toBe("remoteShellQuota");
        expect(refused(4711, `2150859173 ${reason}`).details.fault).toBe("handshakeFailed");
      }),
    );
  });
});

const answer = (body: string, header = "", beside = "") =>
  `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"><s:Header>${header}</s:Header><s:Body>${body}</s:Body>${beside}</s:Envelope>`;
const sent = (id: string) =>
  `<a:Action>http://schemas.microsoft.com/wbem/wsman/1/windows/shell/SendResponse</a:Action><a:RelatesTo>uuid:${id}</a:RelatesTo>`;

describe("an answer", () => {
  const good = answer("<rsp:SendResponse/>", sent("1"));

  it("is of the message that it names, in either case", () => {
    expect(answerTo("send", "1", good)).toHaveProperty("body");
    expect(answerTo("send", "AB", answer("<rsp:SendResponse/>", sent("ab")))).toHaveProperty("body");
  });

  it.each([
    ["another message's", answer("<rsp:SendResponse/>", sent("2"))],
    ["one that names no message", answer("<rsp:SendResponse/>", sent("1").replace(/<a:Rel.*/, ""))],
    ["another action's", answer("<rsp:SendResponse/>", sent("1").replace("SendResponse", "SignalResponse"))],
    ["one with two bodies", answer("<rsp:SendResponse/>", sent("1"), "<s:Body/>")],
    ["one with a document type", `<!DOCTYPE s:Envelope [<!ENTITY e "x">]>${good}`],
    ["one with an entity of its own", answer("<rsp:SendResponse>&e;</rsp:SendResponse>", sent("1"))],
    ["one of SOAP 1.1", good.replace("http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/")],
    ["one that is nested deep", answer(`${"<x>".repeat(40)}${"</x>".repeat(40)}`, sent("1"))],
    ["one with an element after its end", `${good}<more/>`],
    ["no XML", "<html><body>Login<br></body></html>"],
    ["nothing", ""],
  ])("that is %s is none", (_, text) => {
    expect(() => answerTo("send", "1", text)).toThrow(SyntaxError);
  });

  it("that is cut anywhere is none", () => {
    for (let end = 0; end < good.length; end++) expect(() => answerTo("send", "1", good.slice(0, end))).toThrow(SyntaxError);
  });
});
