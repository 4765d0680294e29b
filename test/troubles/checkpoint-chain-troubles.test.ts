import { proveChainTroubles } from "./every-chain-trouble";

proveChainTroubles("checkpoint", "test/troubles/checkpoint-chain-troubles.test.ts");
