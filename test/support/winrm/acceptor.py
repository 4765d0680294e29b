"""Accepts logins and seals messages as a Windows host would, by other people's code: pyspnego for NTLM, GSSAPI for Kerberos.

Lines of JSON in, lines of JSON out, in the same order. Bytes are base64. Every line in has "do" and "connection":
  open    protocol: "ntlm" (bare tokens), "negotiate" (SPNEGO or bare), "kerberos" (a bare token, or SPNEGO around one);
          bindings: what a login must be bound to (tls-server-end-point:...), or none; or
          certificate: the host's own (DER), whose bindings are then made as requests_ntlm makes them
  accept  token          -> token, done, user, mechanism, bound (whether Kerberos has found the bindings right)
  seal    data           -> header, data, padding (bytes that the sealed data is longer by)
  unseal  header, data   -> data
  close
A refusal is {"refused": {"kind": class of the error, "text": ..., "token": what tells the client why, or none}}, and the connection is of no
more use.
NTLM_USER_FILE holds lines of domain:user:password; KRB5_KTNAME the keys of the services.
"""

import base64
import json
import os
import sys

import spnego
import spnego.channel_bindings

KERBEROS_OIDS = (bytes.fromhex("06092a864886f712010202"), bytes.fromhex("06092a864882f712010202"))
CHANNEL_BOUND = 2048


class WithPyspnego:
    def __init__(self, protocol, bindings):
        bound = spnego.channel_bindings.GssChannelBindings(application_data=bindings) if bindings else None
        self.context = spnego.server(
            protocol=protocol, channel_bindings=bound, options=spnego.NegotiateOptions.use_negotiate if protocol == "negotiate" else 0
        )

    def accept(self, token):
        answer = self.context.step(token)
        done = self.context.complete
        return answer, done, self.context.client_principal if done else None, self.context.negotiated_protocol, None

    def seal(self, data):
        sealed = self.context.wrap_winrm(data)
        return sealed.header, sealed.data, sealed.padding_length

    def unseal(self, header, data):
        return self.context.unwrap_winrm(header, data)


class WithGssapi:
    def __init__(self, bindings):
        import gssapi

        self.gssapi = gssapi
        bound = gssapi.raw.ChannelBindings(application_data=bindings) if bindings else None
        self.context = gssapi.SecurityContext(creds=gssapi.Credentials(usage="accept"), usage="accept", channel_bindings=bound)

    def accept(self, token):
        answer = self.context.step(token)
        done = self.context.complete
        bound = done and bool(int(self.context.actual_flags) & CHANNEL_BOUND)
        return answer, done, str(self.context.initiator_name) if done else None, "kerberos", bound

    def seal(self, data):
        raw = self.gssapi.raw
        iov = raw.IOV(raw.IOVBufferType.header, data, raw.IOVBufferType.padding, std_layout=False)
        raw.wrap_iov(self.context, iov, confidential=True)
        header, sealed, padding = (buffer.value or b"" for buffer in iov)
        return header, sealed + padding, len(padding)

    def unseal(self, header, data):
        raw = self.gssapi.raw
        iov = raw.IOV((raw.IOVBufferType.header, False, header), data, raw.IOVBufferType.data, std_layout=False)
        if not raw.unwrap_iov(self.context, iov).encrypted:
            raise ValueError("a message was signed, not sealed")
        return iov[1].value or b""


class Connection:
    """Which code accepts is known with the first token."""

    def __init__(self, protocol, bindings):
        self.protocol = protocol
        self.bindings = bindings
        self.context = None

    def accept(self, token):
        if self.context is None:
            self.context = WithGssapi(self.bindings) if self.is_kerberos(token) else WithPyspnego(self.protocol, self.bindings)
        return self.context.accept(token)

    def is_kerberos(self, token):
        if self.protocol != "negotiate":
            return self.protocol == "kerberos"
        # The mechanism that the client likes best comes first.
        return "KRB5_KTNAME" in os.environ and any(oid in token[:48] for oid in KERBEROS_OIDS)


def bindings_of(certificate):
    import requests_ntlm.requests_ntlm as peer

    return b"tls-server-end-point:" + peer._get_certificate_hash(certificate)


connections = {}


def perform(line):
    def given(name):
        return base64.b64decode(line[name])

    def text(value):
        return None if value is None else base64.b64encode(value).decode()

    what, name = line["do"], line["connection"]
    if what == "open":
        bindings = given("bindings") if line.get("bindings") else None
        if line.get("certificate"):
            bindings = bindings_of(given("certificate"))
        connections[name] = Connection(line["protocol"], bindings)
        return {}
    if what == "close":
        connections.pop(name, None)
        return {}
    connection = connections[name]
    if what == "accept":
        token, done, user, mechanism, bound = connection.accept(given("token"))
        return {"token": text(token), "done": done, "user": user, "mechanism": mechanism, "bound": bound}
    if what == "seal":
        header, data, padding = connection.context.seal(given("data"))
        return {"header": text(header), "data": text(data), "padding": padding}
    if what == "unseal":
        return {"data": text(connection.context.unseal(given("header"), given("data")))}
    raise KeyError(what)


for received in sys.stdin:
    try:
        answered = perform(json.loads(received))
    except Exception as error:  # whatever a peer's code raises is a refusal, and the test looks at which
        token = getattr(error, "token", None)
        said = base64.b64encode(token).decode() if token else None
        answered = {"refused": {"kind": type(error).__name__, "text": str(error), "token": said}}
    sys.stdout.write(json.dumps(answered) + "\n")
    sys.stdout.flush()
