// Saves what was typed while it is typed, and warns before it could be lost. Server answers: {version, message}.

import { renewToken } from './token.js';

const PAUSE = 1500;
const LARGEST_KEPT_ALIVE = 60_000; // browsers refuse more for a request that outlives its page

export function startDrafts(root) {
  for (const form of root.querySelectorAll('form[data-form]')) watch(form);
}

function watch(form) {
  const state = { dirty: form.dataset.dirty === 'true', saving: false, stopped: !form.dataset.draftUrl, leaving: false, timer: 0 };
  const later = () => {
    state.dirty = true;
    if (state.stopped) return;
    clearTimeout(state.timer);
    state.timer = setTimeout(() => save(form, state), PAUSE);
  };
  form.addEventListener('input', later);
  form.addEventListener('change', later);
  form.addEventListener('app:rows', later);
  form.addEventListener('submit', () => {
    state.leaving = true;
    clearTimeout(state.timer);
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden' && state.dirty && !state.leaving) save(form, state);
  });
  window.addEventListener('beforeunload', (event) => {
    if (state.dirty && !state.leaving) event.preventDefault();
  });
  window.addEventListener('pageshow', () => {
    state.leaving = false; // came back with the browser's own button
  });
}

async function save(form, state) {
  if (state.stopped || state.saving) return;
  state.saving = true;
  state.dirty = false;
  tell(form, 'Saving…');
  const body = bodyOf(form);
  try {
    const response = await fetch(form.dataset.draftUrl, {
      method: 'POST',
      body,
      headers: { Accept: 'application/json', 'X-Requested-With': 'fetch' },
      keepalive: body.toString().length < LARGEST_KEPT_ALIVE,
      redirect: 'manual',
    });
    await understand(form, state, response);
  } catch {
    state.dirty = true;
    tell(form, 'Not saved yet: no connection. We will try again when you type.', true);
  } finally {
    state.saving = false;
    if (state.dirty && !state.stopped && (state.again || !document.hidden)) {
      clearTimeout(state.timer);
      state.timer = setTimeout(() => save(form, state), state.again ? 0 : PAUSE * 4);
      state.again = false;
    }
  }
}

function bodyOf(form) {
  const data = new FormData(form);
  data.set('draft_version', form.dataset.draftVersion ?? '');
  return new URLSearchParams([...data].filter(([, value]) => typeof value === 'string'));
}

async function understand(form, state, response) {
  const answer = (response.headers.get('Content-Type') || '').includes('json') ? await response.json() : {};
  if (response.ok) {
    state.renewed = false;
    form.dataset.draftVersion = answer.version ?? form.dataset.draftVersion;
    tell(form, answer.message || `Draft saved at ${new Date().toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}`);
    return;
  }
  state.dirty = true;
  if (response.status === 409 || response.status === 410 || response.status === 404) {
    state.stopped = true;
    tell(form, answer.message || 'This draft was changed in another tab or by someone else, so it is no longer saved here. Reload the page to see it.', true);
  } else if (response.status === 400 && !state.renewed) {
    // signed in again in another tab: the page needs the token of the new session
    state.renewed = true;
    if (await renewToken(form)) state.again = true;
    else tell(form, 'Not saved: you have signed out, or somebody else is signed in now. What you see here is still yours to copy.', true);
  } else if (response.status === 401 || response.status === 403 || response.type === 'opaqueredirect') {
    tell(form, answer.message || 'Not saved: you have been signed out. Sign in again in another tab, then carry on here.', true);
  } else {
    tell(form, answer.message || 'Not saved yet. We will try again when you type.', true);
  }
}

function tell(form, words, problem = false) {
  const status = form.querySelector('[data-draft-status]') ?? document.querySelector('[data-draft-status]');
  if (!status || status.textContent === words) return;
  status.textContent = words;
  status.classList.toggle('is-problem', problem);
}
