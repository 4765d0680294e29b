#!/usr/bin/env bash
# @pulumi/pulumi 3.276.0 with its @grpc/grpc-js 1.14.7: the connections of an inline program (Automation API) are never closed, and gRPC
# shares the subchannels of one address within a process. Where a call of an ended run found its engine gone, and a later engine gets the
# same port, every call of the later run fails with UNAVAILABLE although that engine listens. The SDK takes UNAVAILABLE for the engine's end
# and says nothing, so the program ends well with no resource registered; an engine deletes what is not registered.
# Seen, with an engine's monitor played here: "first run: answered", "second run, same port: 14 UNAVAILABLE", "with own subchannels: answered".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @pulumi/pulumi@3.276.0 @grpc/grpc-js@1.14.7
cat >program.js <<'PROGRAM'
const grpc = require("@grpc/grpc-js");
const pulumi = require("@pulumi/pulumi");
const settings = require("@pulumi/pulumi/runtime/settings");
const { withLocalStorage } = require("@pulumi/pulumi/runtime/state");
const { ResourceMonitorService } = require("@pulumi/pulumi/proto/resource_grpc_pb");
const { SupportsFeatureRequest, SupportsFeatureResponse } = require("@pulumi/pulumi/proto/resource_pb");

async function engineAt(address) {
  const server = new grpc.Server();
  server.addService(ResourceMonitorService, { supportsFeature: (_, answer) => answer(null, new SupportsFeatureResponse()) });
  const port = await new Promise((resolve, reject) =>
    server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  return { address: `127.0.0.1:${port}`, end: () => server.forceShutdown() };
}

const run = (address, program) =>
  withLocalStorage(async () => {
    settings.resetOptions("project", "stack", 1, address, address, false, "organization");
    return program();
  });

const asked = () =>
  new Promise((resolve) => {
    const answer = (error) => resolve(error ? `${error.code} ${grpc.status[error.code]}` : "answered");
    pulumi.runtime.getMonitor().supportsFeature(new SupportsFeatureRequest(), answer);
  });

async function runAfterRun(label) {
  const first = await engineAt("127.0.0.1:0");
  await run(first.address, async () => {
    console.log(`first run: ${await asked()}`);
    first.end();
    await asked();
    await settings.disconnect();
  });
  const second = await engineAt(first.address);
  console.log(`${label}: ${await run(second.address, asked)}`);
  second.end();
}

(async () => {
  await runAfterRun("second run, same port");
  settings.grpcClientOptions["grpc.use_local_subchannel_pool"] = 1;
  await runAfterRun("with own subchannels");
  process.exit();
})();
PROGRAM
seen=$(node program.js)
expected='first run: answered
second run, same port: 14 UNAVAILABLE
first run: answered
with own subchannels: answered'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "@pulumi/pulumi 3.276.0 no longer does this" >&2; exit 1; }
