// The frame of every page: head, bar, content, foot. Nothing inline: style and script are files with a hash.
import { type BarView, bar } from './bar.ts';
import { type Html, html } from './html.ts';
import { sprite } from './icons.ts';
import type { Moment } from './moment.ts';

export interface FrameView {
  /** `2 need you`; the product's name is put behind it. */
  title: string;
  bar: BarView;
  assets: { style: string; script: string; favicon: string };
  version: string;
  controller: string;
  /** What the page's stream goes on from; null where nothing is live (an error page). */
  live: { address: string; from: string } | null;
}

export function layout(view: FrameView, main: Html, moment: Moment): Html {
  const { assets, live } = view;
  const data =
    live === null
      ? ''
      : html` data-stream="${live.address}" data-from="${live.from}" data-now="${new Date(moment.nowMs).toISOString()}"`;
  return html`<!doctype html>
<html lang="en"${data}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${view.title} · Tinyforge</title>
<link rel="icon" href="${assets.favicon}" type="image/svg+xml">
<link rel="stylesheet" href="${assets.style}">
<script src="${assets.script}" defer></script>
<noscript><meta http-equiv="refresh" content="30"></noscript>
</head>
<body>
${sprite}
<a class="skip" href="#main">Skip to the content</a>
${bar(view.bar, moment)}
<main id="main" class="wrap" tabindex="-1">
${main}
</main>
<p id="say" class="vh" role="status"></p>
<div id="banner" class="banner" hidden>This page is out of step with Tinyforge. <a href="">Reload</a></div>
<footer class="wrap">Tinyforge ${view.version} · controller <code>${view.controller}</code> · this page is read-only · times are ${moment.timeZone}</footer>
</body>
</html>
`;
}
