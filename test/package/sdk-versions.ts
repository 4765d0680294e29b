import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../tools/set-up/repository.mjs";

const { peerDependencies } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));

/** The oldest release of @pulumi/pulumi that this package allows. It is the last that Node.js 20 is enough for, so the tests run with it. */
export const oldestSdk: string = peerDependencies["@pulumi/pulumi"].replace("^", "");
/** A new one. */
export const newestSdk = "3.276.0";
