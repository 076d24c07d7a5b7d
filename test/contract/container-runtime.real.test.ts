// The runtime contract, on a real engine.
import { sharedEngine } from '../support/real/engine.ts';
import { realHarness } from './container-runtime.real-harness.ts';
import { runtimeContract } from './container-runtime.suite.ts';

runtimeContract('real engine', () => realHarness(sharedEngine()));
