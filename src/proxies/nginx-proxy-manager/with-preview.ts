// A host of ours as it is, with our lines made anew so that the secret header may choose one upstream more. Pure.
import type { RouteWish, Upstream } from '../../model/route.ts';
import type { Row } from './fields.ts';
import { joinConfig, type LineOptions, renderLines, splitConfig } from './lines.ts';
import { linesHash, readMark } from './mark.ts';
import { observe, upstreamOf } from './observe.ts';
import { revisionOf } from './revision.ts';
import type { Wanted } from './wanted.ts';

export function withPreview(
  row: Row,
  options: Omit<LineOptions, 'revision' | 'preview'> & {
    wish: RouteWish;
    controller: string;
    preview: Upstream;
    turn: number;
  },
): Wanted {
  const { wish, controller, turn, ...rest } = options;
  // What a hand did to our lines is undone; to whom it forwards stays, for nobody else may notice this.
  // The host's own field says that; our lines go on saying whom we meant.
  const { written, traffic: now } = observe(row, { controller });
  const traffic = written ?? now ?? { main: [upstreamOf(row.fields)], canary: null };
  const facts = { controller, unit: wish.unit, key: wish.key, traffic };
  const { user } = splitConfig(String(row.fields.advanced_config ?? ''));
  const content = { fields: { ...row.fields, advanced_config: user }, facts, preview: rest.preview };
  const revision = revisionOf(content, turn);
  const ours = renderLines(facts, { ...rest, revision });
  return {
    kind: row.kind,
    fields: { ...row.fields, advanced_config: joinConfig(ours, user) },
    mark: {
      version: 1,
      controller,
      unit: wish.unit,
      key: wish.key,
      access: null,
      certificate: null,
      ...readMark(row.meta),
      lines: linesHash(ours),
      revision,
    },
  };
}
