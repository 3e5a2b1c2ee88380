// An element says which key presses it: data-shortcut="Enter+Ctrl", "a", "/". Single letters never fire while somebody types.

export function startShortcuts(root) {
  const targets = [...root.querySelectorAll('[data-shortcut]')];
  if (!targets.length) return;
  root.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.altKey || event.metaKey) return;
    const target = targets.find((candidate) => candidate.isConnected && matches(candidate.dataset.shortcut, event));
    if (!target) return;
    event.preventDefault();
    if (target.matches('a, button, summary, input[type="submit"]')) target.click();
    else {
      target.focus();
      if (target.matches('input[type="radio"]')) target.click();
    }
  });
}

function matches(shortcut, event) {
  const [key, modifier] = shortcut === '+' ? ['+'] : shortcut.split('+');
  if (key.toLowerCase() !== event.key.toLowerCase()) return false;
  if (modifier === 'Ctrl') return event.ctrlKey;
  return !event.ctrlKey && !isTyping(event.target);
}

function isTyping(element) {
  return element.isContentEditable || element.matches('input:not([type=radio], [type=checkbox], [type=button], [type=submit]), textarea, select');
}
