import { proveChainTroubles } from "./every-chain-trouble";

proveChainTroubles("referencePoint", "test/troubles/chain-troubles.test.ts");
