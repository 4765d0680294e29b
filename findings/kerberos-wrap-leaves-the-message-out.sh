#!/usr/bin/env bash
# kerberos 7.0.0 (npm) with GSS-API of MIT: KerberosClient.wrap, without its option user, does not wrap the message that it is given. Whatever that
# is, the token holds four bytes of the last step of SASL's login. A token without confidentiality shows them as they are. Needs a KDC (Debian:
# krb5-kdc, krb5-admin-server, krb5-user) and, to build the package, libkrb5-dev.
# Seen: 16 bytes: token of 32 bytes, with the message: false / 4000 bytes: token of 32 bytes, with the message: false
set -euo pipefail
PATH=$PATH:/usr/sbin
folder=$(mktemp -d)
kdc=
trap '[ -z "$kdc" ] || kill "$kdc"; rm -rf "$folder"' EXIT
cd "$folder"
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
cat >krb5.conf <<CONF
[libdefaults]
 default_realm = EXAMPLE.TEST
 dns_lookup_kdc = false
 dns_canonicalize_hostname = false
[realms]
 EXAMPLE.TEST = {
  kdc = 127.0.0.1:$port
 }
CONF
cat >kdc.conf <<CONF
[kdcdefaults]
 kdc_listen = 127.0.0.1:$port
 kdc_tcp_listen = 127.0.0.1:$port
[realms]
 EXAMPLE.TEST = {
  database_name = $folder/principals
  key_stash_file = $folder/stash
 }
CONF
export KRB5_CONFIG=$folder/krb5.conf KRB5_KDC_PROFILE=$folder/kdc.conf KRB5_KTNAME=FILE:$folder/keytab KRB5CCNAME=FILE:$folder/cache
password=$(node -p 'require("crypto").randomBytes(16).toString("hex")')
printf '%s\n%s\n' "$password" "$password" | kdb5_util create -s >/dev/null 2>&1
printf 'addprinc -randkey user\nktadd -k user.keytab user\naddprinc -randkey HTTP/host.example.test\nktadd -k keytab HTTP/host.example.test\n' | kadmin.local >/dev/null
krb5kdc -n >/dev/null 2>&1 &
kdc=$!
for _ in $(seq 50); do kinit -kt user.keytab user 2>/dev/null && break; sleep 0.1; done
headers=$(dirname "$(dirname "$(node -p process.execPath)")")
[ -e "$headers/include/node/node_api.h" ] && export npm_config_nodedir=$headers
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund kerberos@7.0.0
cat >wrap.cjs <<'PROGRAM'
const kerberos = require("kerberos");
(async () => {
  const client = await kerberos.initializeClient("HTTP@host.example.test", { mechOID: kerberos.GSS_MECH_OID_KRB5 });
  const server = await kerberos.initializeServer("HTTP@host.example.test");
  await client.step("");
  await server.step(client.response);
  if (!client.contextComplete) await client.step(server.response);
  for (const length of [16, 4000]) {
    const message = Buffer.alloc(length, "m");
    const token = Buffer.from(await client.wrap(message.toString("base64"), { protect: false }), "base64");
    console.log(`${length} bytes: token of ${token.length} bytes, with the message: ${token.includes(message.subarray(0, 8))}`);
  }
})();
PROGRAM
seen=$(node wrap.cjs)
printf '%s\n' "$seen"
expected='16 bytes: token of 32 bytes, with the message: false
4000 bytes: token of 32 bytes, with the message: false'
[ "$seen" = "$expected" ] || { echo "kerberos 7.0.0 no longer does this" >&2; exit 1; }
