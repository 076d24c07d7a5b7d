// Keeps an open page true: replaces the parts that the server sends, renews ages, and says when it is not live.
// Whatever the reader holds (focus, selection, scroll, an opened detail) stays where it is.
(() => {
  const page = document.documentElement;
  const { stream, now } = page.dataset;
  const at = (id) => document.getElementById(id);
  const word = at('live-word');
  const skew = Date.parse(now) - Date.now();
  const waiting = new Map();
  let from = page.dataset.from;
  let source;
  let hiddenTimer;

  const age = (s) =>
    s < 1
      ? 'now'
      : s < 60
        ? `${s | 0} s`
        : s < 3600
          ? `${(s / 60) | 0} min`
          : s < 86400
            ? `${(s / 3600) | 0} h`
            : `${(s / 86400) | 0} d`;

  function renew() {
    if (source?.readyState !== 1) return;
    for (const time of document.querySelectorAll('[data-renew]')) {
      const seconds = (Date.now() + skew - Date.parse(time.dateTime)) / 1000;
      if (seconds < 604800)
        time.textContent =
          time.dataset.renew === 'age' ? age(seconds) : seconds < 1 ? 'just now' : `${age(seconds)} ago`;
    }
  }

  function copyButtons() {
    if (!navigator.clipboard) return;
    for (const code of document.querySelectorAll('[data-copy]:not(:has(+ button))')) {
      const button = document.createElement('button');
      button.className = 'copy';
      button.innerHTML = '<svg class="i" aria-hidden="true"><use href="#i-copy"/></svg>';
      button.ariaLabel = `Copy ${code.textContent}`;
      button.onclick = () =>
        navigator.clipboard.writeText(code.textContent).then(() => {
          button.className = 'copy ok';
          at('say').textContent = 'Copied.';
        });
      code.after(button);
    }
  }

  function put(part) {
    const old = at(part.id);
    const selection = getSelection();
    if (old && !selection.isCollapsed && selection.containsNode(old, true)) return waiting.set(part.id, part);
    if (!part.html) return old?.remove();
    const box = document.createElement('template');
    box.innerHTML = part.html;
    const fresh = box.content.firstElementChild;
    if (!old) {
      const list = at(part.into);
      const log = list?.closest('.log');
      const follow = log && log.scrollTop + log.clientHeight > log.scrollHeight - 4;
      list?.append(fresh);
      if (follow) log.scrollTop = log.scrollHeight;
      return;
    }
    const held = 'a,button,summary,input,[tabindex]';
    const focused = [...old.querySelectorAll(held)]
      .filter((e) => !e.classList.contains('copy'))
      .indexOf(document.activeElement);
    const open = [...old.querySelectorAll('details')].map((e) => e.open);
    const scrolls = [...old.querySelectorAll('.scroll,.log')].map((e) => [e.scrollLeft, e.scrollTop]);
    old.replaceWith(fresh);
    [...fresh.querySelectorAll('details')].forEach((e, i) => {
      e.open = open[i] ?? e.open;
    });
    [...fresh.querySelectorAll('.scroll,.log')].forEach((e, i) => {
      e.scrollTo(...(scrolls[i] ?? [0, 0]));
    });
    if (focused >= 0) fresh.querySelectorAll(held)[focused]?.focus({ preventScroll: true });
    if (fresh.dataset.title) document.title = fresh.dataset.title;
  }

  function settle() {
    copyButtons();
    renew();
    let highest = 0;
    let moved = 0;
    for (const { dataset } of document.querySelectorAll('#rows > tr')) {
      if (+dataset.rank < highest) moved++;
      else highest = +dataset.rank;
    }
    const note = at('moved');
    if (!note) return;
    note.hidden = !moved;
    note.firstElementChild.textContent = moved === 1 ? '1 row moved.' : `${moved} rows moved.`;
  }

  const clock = () => new Date().toTimeString().slice(0, 5);

  function lost() {
    if (page.classList.replace('live', 'lost') || !page.classList.contains('lost')) {
      page.classList.add('lost');
      word.textContent = `Not live since ${clock()}, trying again`;
    }
    // A refused stream is not tried again by the browser itself.
    if (source.readyState === 2) setTimeout(open, 10000);
  }

  function rest() {
    source?.close();
    page.classList.remove('live');
    word.textContent = `As of ${clock()}`;
  }

  function open() {
    source?.close();
    if (document.hidden) return;
    source = new EventSource(`${stream}&from=${from}`);
    source.onopen = () => {
      page.classList.remove('lost');
      page.classList.add('live');
      word.textContent = 'Live';
      renew();
    };
    source.onerror = lost;
    source.addEventListener('patch', (event) => {
      from = event.lastEventId;
      for (const part of JSON.parse(event.data)) put(part);
      settle();
    });
    source.addEventListener('say', (event) => {
      at('say').textContent = JSON.parse(event.data);
    });
    source.addEventListener('reload', () => {
      at('banner').hidden = false;
    });
  }

  copyButtons();
  document.querySelector('.tabs [aria-current]')?.scrollIntoView({ block: 'nearest' });
  if (!stream) return;
  document.addEventListener('selectionchange', () => {
    if (!getSelection().isCollapsed || !waiting.size) return;
    const parts = [...waiting.values()];
    waiting.clear();
    parts.forEach(put);
    settle();
  });
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiddenTimer);
    if (document.hidden) hiddenTimer = setTimeout(rest, 60000);
    else if (source?.readyState !== 1) open();
    else renew();
  });
  addEventListener('pagehide', () => source?.close());
  addEventListener('pageshow', (event) => event.persisted && open());
  setInterval(renew, 5000);
  open();
})();
