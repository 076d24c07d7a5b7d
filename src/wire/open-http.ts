// The HTTP side beside a running loop: page, API, webhooks, metrics.
import { matchHint } from '../core/hint-match.ts';
import { imagesWanted } from '../core/images-wanted.ts';
import { createDesiredEdits } from '../engine/edits/edit-desired.ts';
import type { Loop } from '../engine/loop.ts';
import { createHttpApp } from '../http/app.ts';
import { type HttpServer, serveHttp } from '../http/serve.ts';
import { receivers } from '../receivers/registry.ts';
import type { Adapters } from './adapters.ts';

export async function openHttp({ adapters, loop }: { adapters: Adapters; loop: Loop }): Promise<HttpServer> {
  const { config, store, control, secrets, metrics, clock, log, version } = adapters;
  const app = createHttpApp({
    controller: loop,
    store,
    control,
    secrets,
    metrics,
    receivers,
    edits: createDesiredEdits({ ...adapters, wish: loop.wish, trigger: loop.trigger }),
    match: (hint) =>
      matchHint(hint, {
        sources: [...config.sources, ...adapters.repositories.configs()],
        units: loop.wish()?.units ?? [],
        // A stack's images stand in its Compose files: what it waits for is known from its plan.
        imagesOf: (unit) => imagesWanted(loop.planned(), unit),
      }),
    config,
    clock,
    log,
    version,
  });
  return serveHttp({ app, listen: config.listen, log });
}
