// The diagram editor. The page around it decides what happens with the XML:
//   form[data-modeller-form]       gets the XML into its field named "xml" and is submitted as usual;
//   [data-modeller-action=save]    posts {xml, version} to data-save and shows the answer {message, version, copy}; done by itself, too;
//   [data-modeller-action=check]   saves, posts to data-check and shows the answer {findings, message}.
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
import linting from './lint.js';
import './modeller.css';
import { Session, announce } from './session.js';
import OwnPropertiesModule from './sign-off.js';

// pixels; and the scale below which labels cannot be read
const PALETTE = 125;
const EDGE = 20;
const SMALLEST = 0.5;

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
  fit(modeler.get('canvas'));
  holder.modeler = modeler;
  new Session(holder, modeler).listen();
  holder.dataset.warnings = String(warnings.length);
  holder.dataset.ready = 'true';
  announce(holder, 'ready', { modeler, warnings });
}

// Beside the palette, and never so small that nothing can be read: then from the start.
function fit(canvas) {
  const { inner, outer } = canvas.viewbox();
  const wide = outer.width > 3 * PALETTE;
  const left = wide ? PALETTE : EDGE;
  const scale = Math.min(1, Math.max(SMALLEST, Math.min((outer.width - left - EDGE) / inner.width, (outer.height - 2 * EDGE) / inner.height)));
  const height = outer.height / scale;
  canvas.viewbox({ x: inner.x - left / scale, y: inner.y - Math.max(EDGE / scale, (height - inner.height) / 2), width: outer.width / scale, height });
}

async function readXml(holder) {
  if (holder.dataset.xml) return JSON.parse(document.getElementById(holder.dataset.xml).textContent);
  const response = await fetch(holder.dataset.source, { headers: { Accept: 'application/xml' } });
  if (!response.ok) throw new Error(`The diagram could not be fetched (${response.status}).`);
  return response.text();
}

// A file without layout, or one that is no BPMN at all: the rest of the page still works.
function fail(holder, error) {
  const words = document.createElement('p');
  words.className = 'app-editor__failed';
  words.textContent = 'This drawing cannot be shown here. Change it in the outline, or begin again from the live version.';
  holder.querySelector('[data-canvas]').replaceChildren(words);
  holder.dataset.ready = 'failed';
  console.warn(error.message);
}

const root = document.querySelector('[data-modeller]');
if (root) await open(root).catch((error) => fail(root, error));
