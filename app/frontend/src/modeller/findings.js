// What the server found: a list of buttons that lead to the element, and a mark on the element itself.

const KIND = 'app-finding';

const ON_PATH = 'app-on-path';

/** findings: [{element_id, name, message, mend, why, path: [ids], elsewhere, severity: "error" | "note"}] */
export function showFindings(modeler, list, findings) {
  const overlays = modeler.get('overlays');
  overlays.remove({ type: KIND });
  forgetPath(modeler);
  if (list) list.replaceChildren(...findings.map((finding) => line(modeler, finding)));
  for (const finding of findings) mark(modeler, overlays, finding);
}

function line(modeler, finding) {
  const item = document.createElement('li');
  item.className = finding.severity === 'note' ? 'is-warning' : 'is-error';
  const element = modeler.get('elementRegistry').get(finding.element_id);
  const words = [finding.message, finding.why, finding.mend].filter(Boolean).join(' ');
  item.append(kind(finding), ' ');
  if (!element) {
    item.append(finding.elsewhere ? `In ${finding.elsewhere}: ${words}` : words);
    return item;
  }
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'app-quiet-button';
  button.textContent = finding.name || element.businessObject.name || finding.element_id;
  button.addEventListener('click', () => {
    modeler.get('canvas').scrollToElement(element, 120);
    modeler.get('selection').select(element);
    modeler.get('canvas').focus();
  });
  item.append(button, ` ${words} `);
  if (finding.path?.length) item.append(pathButton(modeler, finding));
  return item;
}

/** Shows on the drawing which way a case comes to the fault; pressed again, it is hidden. */
function pathButton(modeler, finding) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'app-quiet-button';
  button.dataset.modellerPath = '';
  button.textContent = 'Show the way there';
  button.setAttribute('aria-pressed', 'false');
  button.addEventListener('click', () => {
    const pressed = button.getAttribute('aria-pressed') === 'true';
    forgetPath(modeler);
    if (pressed) return;
    const canvas = modeler.get('canvas');
    for (const id of finding.path) {
      if (modeler.get('elementRegistry').get(id)) canvas.addMarker(id, ON_PATH);
    }
    button.setAttribute('aria-pressed', 'true');
  });
  return button;
}

function forgetPath(modeler) {
  const canvas = modeler.get('canvas');
  for (const element of modeler.get('elementRegistry').getAll()) {
    if (canvas.hasMarker(element, ON_PATH)) canvas.removeMarker(element, ON_PATH);
  }
  for (const button of document.querySelectorAll('[data-modeller-path]')) {
    button.setAttribute('aria-pressed', 'false');
  }
}

function kind(finding) {
  const chip = document.createElement('span');
  const warning = finding.severity === 'note';
  chip.className = `app-chip app-chip--${warning ? 'soon' : 'overdue'}`;
  chip.textContent = warning ? 'Think about' : 'Put right';
  return chip;
}

function mark(modeler, overlays, finding) {
  if (!modeler.get('elementRegistry').get(finding.element_id)) return;
  const sign = document.createElement('div');
  sign.className = `app-finding ${finding.severity === 'note' ? 'is-warning' : 'is-error'}`;
  sign.title = finding.message;
  sign.textContent = '!';
  overlays.add(finding.element_id, KIND, { position: { top: -10, right: 10 }, html: sign });
}
