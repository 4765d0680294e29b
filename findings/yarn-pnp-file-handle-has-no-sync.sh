#!/usr/bin/env bash
# Yarn 4.18.1, Plug'n'Play: the loader (.pnp.cjs) puts a FileHandle of its own in place of Node.js's. Its sync() and datasync(), which put a
# file's content on the disk, answer "Method not implemented.", on any file; fs.fsync on the handle's descriptor works.
# Seen: sync: Method not implemented. / datasync: Method not implemented. / fsync by descriptor: fine
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/yarn" "$folder/program"
cd "$folder/yarn"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @yarnpkg/cli-dist@4.18.1
cd "$folder/program"
echo '{ "name": "program", "packageManager": "yarn@4.18.1" }' >package.json
printf 'nodeLinker: pnp\nglobalFolder: %s\nenableTelemetry: false\n' "$folder/global" >.yarnrc.yml
touch yarn.lock
node "$folder/yarn/node_modules/@yarnpkg/cli-dist/bin/yarn.js" install >/dev/null
cat >flush.cjs <<'PROGRAM'
const fs = require("node:fs");
const { promisify } = require("node:util");
(async () => {
  const handle = await fs.promises.open("file.txt", "w");
  await handle.writeFile("content");
  const ways = {
    sync: () => handle.sync(),
    datasync: () => handle.datasync(),
    "fsync by descriptor": () => promisify(fs.fsync)(handle.fd),
  };
  for (const [name, flush] of Object.entries(ways)) {
    console.log(`${name}: ${await Promise.resolve().then(flush).then(() => "fine", (error) => error.message)}`);
  }
  await handle.close();
})();
PROGRAM
seen=$(node --require ./.pnp.cjs flush.cjs)
expected='sync: Method not implemented.
datasync: Method not implemented.
fsync by descriptor: fine'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "Yarn 4.18.1 no longer does this" >&2; exit 1; }
