// Shows what belongs to the chosen radio and hides the rest: data-reveals="id" on the radio, inside [data-reveal].
// GOV.UK's own script does the same, but writes an attribute that radios may not carry.

export function startReveals(root) {
  for (const group of root.querySelectorAll('[data-reveal]')) {
    const refresh = () => {
      for (const radio of group.querySelectorAll('[data-reveals]')) {
        document.getElementById(radio.dataset.reveals).hidden = !radio.checked;
      }
    };
    group.addEventListener('change', refresh);
    window.addEventListener('pageshow', refresh); // the browser's own button may have put a choice back
    refresh();
  }
}
