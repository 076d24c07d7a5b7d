// How many cells of a terminal a text takes, and cutting by cells.

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;
const NONE = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/u;

/** Cells; combining marks and control characters take none. The text holds no colour codes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Cut at the end to so many cells, with an ellipsis where something is missing. */
export function cutCells(text: string, most: number): string {
  if (displayWidth(text) <= most) return text;
  return `${takeCells(text, most - 1).trimEnd()}…`;
}

/** Cut in the middle: for paths and digests, where both ends tell something. */
export function cutCellsInMiddle(text: string, most: number): string {
  if (displayWidth(text) <= most) return text;
  const head = takeCells(text, Math.ceil((most - 1) / 2));
  const back = takeCells([...text].reverse().join(''), Math.floor((most - 1) / 2));
  return `${head}…${[...back].reverse().join('')}`;
}

export function padCells(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

function takeCells(text: string, most: number): string {
  let taken = '';
  let width = 0;
  for (const character of text) {
    width += characterWidth(character);
    if (width > most) break;
    taken += character;
  }
  return taken;
}

function characterWidth(character: string): number {
  if (NONE.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
