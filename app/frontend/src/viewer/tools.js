// Buttons above a drawing: a mouse wheel must go on turning the page, and not everybody has one.

const STEP = 1.25;
const SMALLEST = 0.2;
const LARGEST = 4;

/** `home` shows the place the diagram opened at, which `place` names. */
export function addTools(holder, viewer, place, home) {
  const canvas = viewer.get('canvas');
  const zoom = (factor) => canvas.zoom(Math.min(LARGEST, Math.max(SMALLEST, canvas.zoom() * factor)), middle(canvas));
  const tools = document.createElement('div');
  tools.className = 'app-diagram__tools';
  tools.setAttribute('role', 'group');
  tools.setAttribute('aria-label', `View of the diagram ${holder.dataset.label.split(',')[0]}`);
  tools.append(
    button('+', 'Larger', () => zoom(STEP)),
    button('−', 'Smaller', () => zoom(1 / STEP)),
    button('Whole diagram', '', () => canvas.zoom('fit-viewport', 'auto')),
    button(place, '', home),
  );
  holder.prepend(tools);
}

function middle(canvas) {
  const { width, height } = canvas.getSize();
  return { x: width / 2, y: height / 2 };
}

function button(words, meaning, act) {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = words;
  if (meaning) element.setAttribute('aria-label', meaning);
  element.addEventListener('click', act);
  return element;
}
