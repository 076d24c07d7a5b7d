// A plan in HTML, from the same value that the terminal prints.
import type { PlanLine, PlanView, UnitPlanView } from '../../core/render-plan.ts';
import { commands } from './command.ts';
import { type Html, html } from './html.ts';
import { unitHref } from './links.ts';
import { notice } from './notice.ts';
import { problemText } from './problem.ts';

const TONES: Readonly<Record<PlanLine['mark'], string>> = {
  '+': 'ok',
  '~': 'warn',
  '-': 'bad',
  '-/+': 'warn',
  '·': 'off',
};
const WORDS: Readonly<Record<PlanLine['mark'], string>> = {
  '+': 'make: ',
  '~': 'change in place: ',
  '-': 'remove: ',
  '-/+': 'stop, then start: ',
  '·': 'check: ',
};

/** `legend` is for a whole plan; one workload's needs none where nothing is to be done. */
export function planBlocks(view: PlanView): Html {
  const marks = view.units.some((unit) => unit.phases.length > 0);
  const legend = marks
    ? html`<p class="note">+ make, ~ change in place, - remove, -/+ stop, then start, · check, changes nothing</p>`
    : '';
  return html`${view.units.map(block)}<p class="plan-sum">${view.summary}</p>${legend}`;
}

function block(unit: UnitPlanView): Html {
  const blocked = unit.blocked;
  return html`<div class="card plan"><h3><a class="name" href="${unitHref(unit.unit)}">${unit.unit}</a> <span class="aside">${unit.cause ?? ''}</span></h3>${
    unit.strategy === null ? '' : html`<p class="lead">${unit.strategy}</p>`
  }${blocked === null ? '' : notice(blocked.word === 'held' ? { tone: 'held', icon: 'padlock' } : { tone: 'wait', icon: 'clock' }, html`<p>${problemText(blocked.problem)}</p>`)}${lines(unit)}${
    unit.onFailure === null || unit.phases.length === 0
      ? ''
      : html`<p class="note">If it is not healthy: ${unit.onFailure}</p>`
  }${unit.notices.map((problem) => html`<p class="note">${problemText(problem)}</p>`)}</div>`;
}

function lines(unit: UnitPlanView): Html {
  if (unit.phases.length === 0) return html``;
  const rows = unit.phases.flatMap(({ phase, lines: inPhase }) =>
    inPhase.map(
      (line, index) =>
        html`<tr>${index === 0 ? html`<th scope="rowgroup" class="light" rowspan="${inPhase.length}">${phase}</th>` : ''}<td class="${TONES[line.mark]}"><span class="mark" aria-hidden="true">${line.mark}</span><span class="vh">${WORDS[line.mark]}</span> ${line.verb}</td><td>${line.text}</td></tr>`,
    ),
  );
  return html`<table class="steps-table"><caption class="vh">What would be done to ${unit.unit}, in order</caption><thead class="vh"><tr><th scope="col">Phase</th><th scope="col">Action</th><th scope="col">What</th></tr></thead><tbody>${rows}</tbody></table>`;
}

export const planCommands: Html = commands(['tinyforge plan', 'tinyforge apply']);
