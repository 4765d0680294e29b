// npm run build, and npm's own "prepare".
import { build } from "./set-up/build.mjs";

process.exitCode = build() ? 0 : 1;
