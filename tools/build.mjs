// npm run build, and npm's own "prepack".
import { build } from "./set-up/build.mjs";

process.exitCode = build() ? 0 : 1;
