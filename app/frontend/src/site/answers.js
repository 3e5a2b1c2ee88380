// Reads what a person has typed so far, in the shape the server will read it: the names in conditions mean the same on both sides.

const ROW_NAME = /^([A-Za-z_]\w*)-(\d+)-(.+)$/;
const LONGEST_ITERATION = 20;

/** Answers of the questions that are not hidden: {answers: {...}, rows: {"people-0": {...}}}. */
export function readAnswers(form, known) {
  const answers = { ...known };
  const rows = {};
  for (const control of form.elements) {
    if (!control.name || control.name.startsWith('_') || control.closest('[hidden]')) continue;
    const row = ROW_NAME.exec(control.name);
    if (row && control.closest('[data-list-row]')) {
      note((rows[`${row[1]}-${row[2]}`] ??= {}), row[3], control);
    } else {
      note(answers, control.name, control);
    }
  }
  return { answers, rows };
}

function note(target, name, control) {
  const kind = control.dataset.kind;
  if (kind === 'day' || kind === 'month' || kind === 'year') {
    target[name.slice(0, -kind.length - 1)] = readDate(control);
  } else if (control.type === 'checkbox' && kind === 'many') {
    target[name] ??= [];
    if (control.checked) target[name].push(control.value);
  } else if (control.type === 'checkbox') {
    target[name] = control.checked;
  } else if (control.type === 'radio') {
    target[name] ??= null;
    if (control.checked) target[name] = control.value;
  } else if (kind === 'number') {
    target[name] = readNumber(control.value);
  } else {
    target[name] = control.value.trim() || null;
  }
}

function readNumber(text) {
  const digits = text.replaceAll(',', '').trim();
  return digits === '' || Number.isNaN(Number(digits)) ? null : Number(digits);
}

function readDate(control) {
  const part = (name) => control.closest('.govuk-date-input')?.querySelector(`[data-kind="${name}"]`)?.value.trim() ?? '';
  const [day, month, year] = ['day', 'month', 'year'].map((name) => Number(part(name)));
  const date = new Date(Date.UTC(year, month - 1, day));
  const real = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return real ? date.toISOString().slice(0, 10) : null;
}

/** Runs `step` until it reports no change; conditions may depend on answers that other conditions hide. */
export function untilStable(step) {
  for (let turn = 0; turn < LONGEST_ITERATION && step(); turn += 1);
}
