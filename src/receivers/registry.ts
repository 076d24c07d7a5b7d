// All senders of webhooks that are understood, one line each.
import type { Receiver } from '../ports/receiver.ts';
import { distribution } from './distribution.ts';
import { github } from './github.ts';

export const receivers: readonly Receiver[] = [distribution, github];
