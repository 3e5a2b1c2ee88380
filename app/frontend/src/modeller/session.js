// One person drawing one draft: keeps it on the server while they draw, checks it, and never loses it.
// The page's root element says where: data-save, data-check, data-state, data-csrf, data-version.
import { showFindings } from './findings.js';

const PAUSE = 3000; // after the last change
const AGAIN = 20_000; // after a save that did not reach the server

export const announce = (holder, name, detail) => holder.dispatchEvent(new CustomEvent(`modeller:${name}`, { bubbles: true, detail }));

export class Session {
  constructor(holder, modeler) {
    this.holder = holder;
    this.modeler = modeler;
    this.changes = 0; // counted, so that what changes during a save is still unsaved afterwards
    this.saved = 0;
    this.saving = null;
    this.stopped = false;
    this.signedOut = false;
    this.leaving = false;
    this.timer = 0;
  }

  get dirty() {
    return this.changes !== this.saved;
  }

  listen() {
    this.modeler.on('commandStack.changed', () => this.changed());
    for (const form of document.querySelectorAll('form[data-modeller-form]')) {
      form.addEventListener('submit', (event) => this.submit(event, form));
    }
    for (const button of document.querySelectorAll('[data-modeller-action="save"]')) {
      button.addEventListener('click', () => this.save());
    }
    for (const button of document.querySelectorAll('[data-modeller-action="check"]')) {
      button.addEventListener('click', () => this.check());
    }
    if (this.holder.dataset.save) document.addEventListener('click', (event) => this.leave(event));
    window.addEventListener('beforeunload', (event) => {
      if (this.dirty && !this.leaving) event.preventDefault();
    });
    const { findings } = this.holder.dataset;
    if (findings) this.show(JSON.parse(document.getElementById(findings).textContent));
  }

  changed() {
    this.changes += 1;
    announce(this.holder, 'changed', { modeler: this.modeler });
    if (this.stopped || !this.holder.dataset.save) return;
    this.tell('Not saved yet');
    this.later(PAUSE);
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  async xml() {
    return (await this.modeler.saveXML({ format: true })).xml;
  }

  // The form is held back until the XML is in it, then goes its ordinary way with the button that was pressed.
  async submit(event, form) {
    if (this.leaving) return;
    event.preventDefault();
    const { submitter } = event;
    form.elements.namedItem('xml').value = await this.xml();
    this.leaving = true;
    // in a task of its own: a form that is still being submitted ignores a second request
    setTimeout(() => form.requestSubmit(submitter));
  }

  // Whether everything drawn is on the server now. One request at a time; a second call waits for the first.
  async save() {
    clearTimeout(this.timer);
    while (this.saving) await this.saving;
    if (!this.dirty) {
      this.tell('Everything is saved');
      return true;
    }
    if (this.stopped) return false;
    this.saving = this.send();
    try {
      return await this.saving;
    } finally {
      this.saving = null;
    }
  }

  async send() {
    this.tell('Saving…');
    const reached = this.changes;
    try {
      const xml = await this.xml();
      if (this.signedOut && !(await this.renew())) return this.askToSignIn();
      let response = await this.post(this.holder.dataset.save, { xml, version: this.holder.dataset.version });
      if (response.status === 400 && (await this.renew())) {
        response = await this.post(this.holder.dataset.save, { xml, version: this.holder.dataset.version });
      }
      return this.understand(response, await response.json(), reached);
    } catch {
      this.tell('Not saved: the server could not be reached. Your drawing is still here; we will try again.', true);
      this.later(AGAIN);
      return false;
    }
  }

  understand(response, answer, reached) {
    if (response.ok) {
      this.saved = reached;
      this.holder.dataset.version = answer.version;
      this.tell(answer.message);
      if (this.dirty) this.later(PAUSE);
      announce(this.holder, 'saved', { modeler: this.modeler, answer });
      return true;
    }
    if (response.status === 401) return this.askToSignIn();
    // anything else would be refused again: what was drawn stays on the page, and 409 has kept it as a draft of its own
    this.stopped = response.status !== 422;
    if (answer.copy) this.saved = reached;
    this.tell(`${answer.message ?? answer.error ?? 'Not saved.'} `, true, answer.copy && { words: 'Go on with your own draft', url: answer.copy });
    return false;
  }

  askToSignIn() {
    this.signedOut = true;
    this.tell('Not saved: you have been signed out. Your drawing is still here. ', true, {
      words: 'Sign in in another tab, and it will be saved',
      url: this.holder.dataset.signIn,
      newTab: true,
    });
    this.later(AGAIN);
    return false;
  }

  // After signing in again in another tab the old token is worth nothing.
  async renew() {
    const response = await fetch(this.holder.dataset.state, { headers: { Accept: 'application/json' } });
    if (!response.ok) return false;
    this.holder.dataset.csrf = (await response.json()).csrf_token;
    this.signedOut = false;
    return true;
  }

  post(url, body) {
    return fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': this.holder.dataset.csrf },
      body: JSON.stringify(body),
    });
  }

  async check() {
    if (!(await this.save())) return;
    try {
      const response = await this.post(this.holder.dataset.check, {});
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.error);
      this.show(answer.findings);
      const inShort = document.querySelector('[data-modeller-in-short]');
      if (inShort) inShort.textContent = answer.message;
    } catch {
      this.tell('Not checked: the server could not be reached.', true);
    }
  }

  // Links of the page wait until the drawing is saved.
  async leave(event) {
    const link = event.target instanceof Element && event.target.closest('a[href]');
    if (!link || !this.dirty || event.defaultPrevented || event.ctrlKey || event.metaKey || link.target || link.hash) return;
    if (this.holder.contains(link)) return;
    event.preventDefault();
    if (await this.save()) {
      this.leaving = true;
      window.location.assign(link.href);
    }
  }

  show(findings) {
    showFindings(this.modeler, document.querySelector('[data-modeller-findings]'), findings);
  }

  tell(words, problem = false, link = undefined) {
    const status = document.querySelector('[data-modeller-status]');
    if (!status) return;
    status.textContent = words;
    status.classList.toggle('is-problem', problem);
    if (!link) return;
    const anchor = document.createElement('a');
    anchor.className = 'govuk-link';
    anchor.href = link.url;
    anchor.textContent = link.words;
    if (link.newTab) anchor.target = '_blank';
    status.append(anchor);
  }
}
