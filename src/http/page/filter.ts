// The filter over the list: a plain form, so that every view has an address.
import { type Html, html } from './html.ts';

export function filter(facts: { query: string; state: string | null }): Html {
  const state = facts.state === null ? '' : html`<input type="hidden" name="state" value="${facts.state}">`;
  return html`<form class="filter" role="search" action="/" method="get"><label class="vh" for="q">Filter by name, version or domain</label><input id="q" name="q" type="search" value="${facts.query}" placeholder="Filter by name, version, domain" autocomplete="off" spellcheck="false" maxlength="100">${state}<button class="vh">Filter</button></form>`;
}
