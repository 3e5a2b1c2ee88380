// "Add another" and "Remove" without a round trip. Without JavaScript the same buttons are submitted and the server does it.
import { CharacterCount, Checkboxes, Radios, createAll } from 'govuk-frontend';

export function startLists(root) {
  for (const list of root.querySelectorAll('[data-list]')) {
    list.addEventListener('click', (event) => {
      const button = event.target.closest('button[name="_add"], button[name="_remove"]');
      if (!button || button.closest('[data-list]') !== list) return;
      event.preventDefault();
      if (button.name === '_add') add(list);
      else remove(list, button.closest('[data-list-row]'));
    });
    refresh(list);
  }
}

const rowsOf = (list) => [...list.querySelectorAll('[data-list-row]')];

function add(list) {
  const rows = rowsOf(list);
  if (rows.length >= Number(list.dataset.listMax)) return;
  const next = 1 + Math.max(-1, ...rows.map((row) => Number(row.dataset.listRow.split('-').pop())));
  const fragment = document.createElement('div');
  fragment.innerHTML = list.querySelector('template[data-list-template]').innerHTML.replaceAll('__row__', String(next));
  const row = fragment.firstElementChild;
  list.querySelector('[data-list-rows]').append(row);
  for (const component of [CharacterCount, Checkboxes, Radios]) createAll(component, {}, { scope: row });
  changed(list);
  row.querySelector('input:not([type=hidden]), select, textarea')?.focus();
}

function remove(list, row) {
  const rows = rowsOf(list);
  const before = rows[rows.indexOf(row) - 1] ?? rows[rows.indexOf(row) + 1];
  row.remove();
  changed(list);
  (before?.querySelector('input:not([type=hidden]), select, textarea') ?? list.querySelector('button[name="_add"]'))?.focus();
}

function changed(list) {
  refresh(list);
  list.dispatchEvent(new CustomEvent('app:rows', { bubbles: true }));
}

function refresh(list) {
  const rows = rowsOf(list);
  rows.forEach((row, index) => {
    const title = row.querySelector('[data-list-number]');
    if (title) title.textContent = String(index + 1);
    const button = row.querySelector('button[name="_remove"]');
    if (button) button.hidden = rows.length <= Number(list.dataset.listMin);
  });
  const more = list.querySelector('button[name="_add"]');
  if (more) more.hidden = rows.length >= Number(list.dataset.listMax);
}
