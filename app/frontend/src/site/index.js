import { Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput, Radios, SkipLink, createAll } from 'govuk-frontend';
import '../styles/site.scss';
import { startConditions } from './conditions.js';
import { startDrafts } from './drafts.js';
import { startLists } from './lists.js';
import { startReveals } from './reveal.js';
import { startShortcuts } from './shortcuts.js';

for (const component of [Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput, Radios, SkipLink]) {
  createAll(component);
}
startLists(document);
startReveals(document);
startDrafts(document);
startShortcuts(document);
for (const button of document.querySelectorAll('[data-print]')) button.addEventListener('click', () => window.print());
await startConditions(document);
document.documentElement.dataset.ready = 'site';
