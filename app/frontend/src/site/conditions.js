// Hides questions that do not apply, with the same FEEL conditions the server checks. Without it every question shows, with a note.
import { readAnswers, untilStable } from './answers.js';

export async function startConditions(root) {
  const forms = [...root.querySelectorAll('form[data-form]')].filter((form) => form.querySelector('[data-hide]') || form.querySelector('template[data-list-template]'));
  if (!forms.length) return;
  const { evaluate } = await import('feelin');
  for (const form of forms) {
    const known = JSON.parse(form.dataset.known || '{}');
    const refresh = () => untilStable(() => applyOnce(form, known, evaluate));
    form.addEventListener('input', refresh);
    form.addEventListener('change', refresh);
    form.addEventListener('app:rows', refresh);
    form.classList.add('app-conditions-live');
    refresh();
  }
}

function applyOnce(form, known, evaluate) {
  const { answers, rows } = readAnswers(form, known);
  let changed = false;
  for (const wrapper of form.querySelectorAll('[data-hide]')) {
    const row = rows[wrapper.closest('[data-list-row]')?.dataset.listRow] ?? {};
    const hide = isTrue(wrapper.dataset.hide, { ...answers, ...row }, evaluate);
    if (wrapper.hidden !== hide) {
      wrapper.hidden = hide;
      changed = true;
    }
  }
  return changed;
}

function isTrue(expression, context, evaluate) {
  try {
    const result = evaluate(expression, context);
    return (result && typeof result === 'object' && 'value' in result ? result.value : result) === true;
  } catch {
    return false; // a condition the browser cannot read leaves the question in view; the server decides
  }
}
