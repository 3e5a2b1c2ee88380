// The diagram editor. The page around it decides what happens with the XML:
//   form[data-modeller-form]       gets the XML into its field named "xml" and is submitted as usual;
//   [data-modeller-action=save]    posts {xml, version} to data-save and shows the answer {message, version, findings}.
// Other scripts listen on the root element for modeller:ready, modeller:changed and modeller:saved; detail.modeler is the editor.
import './nonce.js';
import '@bpmn-io/properties-panel/dist/assets/properties-panel.css';
import 'bpmn-js-bpmnlint/dist/assets/css/bpmn-js-bpmnlint.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'diagram-js-minimap/assets/diagram-js-minimap.css';
import LintModule from 'bpmn-js-bpmnlint';
import { CreateAppendAnythingModule } from 'bpmn-js-create-append-anything';
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ZeebePropertiesProviderModule } from 'bpmn-js-properties-panel';
import Modeler from 'bpmn-js/lib/Modeler';
import ZeebeBehaviorsModule from 'camunda-bpmn-js-behaviors/lib/camunda-cloud';
import MinimapModule from 'diagram-js-minimap';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json';
import { showFindings } from './findings.js';
import linting from './lint.js';
import './modeller.css';
import OwnPropertiesModule from './sign-off.js';

async function open(holder) {
  const catalogue = holder.dataset.catalogue ? JSON.parse(document.getElementById(holder.dataset.catalogue).textContent) : {};
  const modeler = new Modeler({
    container: holder.querySelector('[data-canvas]'),
    propertiesPanel: { parent: holder.querySelector('[data-properties]') },
    additionalModules: [
      BpmnPropertiesPanelModule,
      BpmnPropertiesProviderModule,
      ZeebePropertiesProviderModule,
      ZeebeBehaviorsModule,
      OwnPropertiesModule,
      MinimapModule,
      LintModule,
      CreateAppendAnythingModule,
    ],
    moddleExtensions: { zeebe },
    linting: { active: true, bpmnlint: linting },
    catalogue,
  });
  const { warnings } = await modeler.importXML(await readXml(holder));
  modeler.get('canvas').zoom('fit-viewport', 'auto');
  holder.modeler = modeler;
  new Session(holder, modeler).listen();
  holder.dataset.warnings = String(warnings.length);
  holder.dataset.ready = 'true';
  announce(holder, 'ready', { modeler, warnings });
}

async function readXml(holder) {
  if (holder.dataset.xml) return JSON.parse(document.getElementById(holder.dataset.xml).textContent);
  const response = await fetch(holder.dataset.source, { headers: { Accept: 'application/xml' } });
  if (!response.ok) throw new Error(`The diagram could not be fetched (${response.status}).`);
  return response.text();
}

const announce = (holder, name, detail) => holder.dispatchEvent(new CustomEvent(`modeller:${name}`, { bubbles: true, detail }));

class Session {
  constructor(holder, modeler) {
    this.holder = holder;
    this.modeler = modeler;
    this.dirty = false;
    this.leaving = false;
  }

  listen() {
    this.modeler.on('commandStack.changed', () => {
      this.dirty = true;
      announce(this.holder, 'changed', { modeler: this.modeler });
    });
    for (const form of document.querySelectorAll('form[data-modeller-form]')) {
      form.addEventListener('submit', (event) => this.submit(event, form));
    }
    for (const button of document.querySelectorAll('[data-modeller-action="save"]')) {
      button.addEventListener('click', () => this.save());
    }
    window.addEventListener('beforeunload', (event) => {
      if (this.dirty && !this.leaving) event.preventDefault();
    });
    const findings = this.holder.dataset.findings;
    if (findings) this.show(JSON.parse(document.getElementById(findings).textContent));
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

  async save() {
    this.tell('Saving…');
    const { save, csrf, version } = this.holder.dataset;
    try {
      const response = await fetch(save, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': csrf },
        body: JSON.stringify({ xml: await this.xml(), version: version ?? null }),
      });
      const answer = await response.json();
      this.tell(answer.message ?? (response.ok ? 'Saved' : 'Not saved'));
      this.show(answer.findings ?? []);
      if (!response.ok) return;
      this.dirty = false;
      if (answer.version !== undefined) this.holder.dataset.version = answer.version;
      announce(this.holder, 'saved', { modeler: this.modeler, answer });
    } catch {
      this.tell('Not saved: the server could not be reached or you have been signed out. Your drawing is still here.');
    }
  }

  show(findings) {
    showFindings(this.modeler, document.querySelector('[data-modeller-findings]'), findings);
  }

  tell(words) {
    const status = document.querySelector('[data-modeller-status]');
    if (status) status.textContent = words;
  }
}

const root = document.querySelector('[data-modeller]');
if (root) await open(root);
