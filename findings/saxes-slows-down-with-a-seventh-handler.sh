#!/usr/bin/env bash
# saxes 6.0.0 on Node.js 20 (V8 11.3), with namespaces: a parser with six event handlers is an object with fast properties, and with a seventh V8 turns it into a
# dictionary, which its loop over every character then looks everything up in: the same document takes about four times as long. Handlers
# that do nothing are enough, and which ones does not matter. The check asks V8 for the form of the object, so it measures no time.
# Seen: 6 handlers: fast properties / 7 handlers: dictionary
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund saxes@6.0.0
cat >handlers.cjs <<'PROGRAM'
const { SaxesParser } = require("saxes");
const events = ["opentag", "closetag", "text", "cdata", "doctype", "processinginstruction", "error", "comment", "xmldecl"];
for (const handlers of [events.slice(0, 6), events.slice(0, 7), events.slice(-6), events.slice(-7)]) {
  const parser = new SaxesParser({ xmlns: true });
  for (const event of handlers) parser.on(event, () => {});
  parser.write('<a xmlns="urn:a"><b c="1">text</b></a>');
  console.log(`${handlers.length} handlers: ${%HasFastProperties(parser) ? "fast properties" : "dictionary"}`);
}
PROGRAM
seen=$(node --allow-natives-syntax handlers.cjs)
printf '%s\n' "$seen"
expected='6 handlers: fast properties
7 handlers: dictionary
6 handlers: fast properties
7 handlers: dictionary'
[ "$seen" = "$expected" ] || { echo "saxes 6.0.0 no longer does this" >&2; exit 1; }
