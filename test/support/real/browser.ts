// A real headless Chromium, driven by playwright-core.
import { type Browser, chromium } from 'playwright-core';
import { programPath } from '../../../scripts/real-parts/paths.ts';

/** Starts the browser; the caller closes it. Its sandbox is off, for tests run as root, where it refuses to start. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: programPath('chromium'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
}
