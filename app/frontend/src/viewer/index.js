// Read-only diagrams: where a case is, or how long steps take. The list of steps beside it says the same in words.
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/diagram-js.css';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { addTools } from './tools.js';
import './viewer.css';

const STATES = new Set(['done', 'current', 'overdue', 'waiting', 'incident', 'skipped']);
const HEAT_STEPS = 5;

for (const holder of document.querySelectorAll('[data-bpmn-viewer]')) {
  show(holder).catch(() => {
    holder.classList.add('app-diagram__failed');
    holder.textContent = 'The diagram could not be shown. The list of steps on this page says the same.';
    holder.dataset.ready = 'failed';
  });
}

async function show(holder) {
  const canvasElement = holder.querySelector('[data-canvas]');
  const viewer = new NavigatedViewer({ container: canvasElement, zoomScroll: { enabled: false } });
  await viewer.importXML(await readXml(holder));
  paint(viewer, readState(holder));
  const openAt = openPlace(viewer);
  addTools(holder, viewer, openAt ? 'Where we are' : 'Beginning', () => fit(viewer, holder, openAt));
  fit(viewer, holder, openAt);
  const drawing = canvasElement.querySelector('svg');
  drawing.setAttribute('role', 'img');
  drawing.setAttribute('aria-label', holder.dataset.label);
  holder.bpmnViewer = viewer;
  holder.dataset.ready = 'true';
}

async function readXml(holder) {
  if (holder.dataset.xml) return JSON.parse(document.getElementById(holder.dataset.xml).textContent);
  const response = await fetch(holder.dataset.source, { headers: { Accept: 'application/xml' } });
  if (!response.ok) throw new Error(`${response.status}`);
  return response.text();
}

const readState = (holder) => (holder.dataset.state ? JSON.parse(document.getElementById(holder.dataset.state).textContent) : {});

function paint(viewer, state) {
  const canvas = viewer.get('canvas');
  const overlays = viewer.get('overlays');
  const registry = viewer.get('elementRegistry');
  for (const [id, mark] of Object.entries(state)) {
    if (!registry.get(id)) continue;
    if (STATES.has(mark.state)) canvas.addMarker(id, `is-${mark.state}`);
    if (mark.level) canvas.addMarker(id, `heat-${Math.min(HEAT_STEPS, Math.max(1, mark.level))}`);
    if (mark.badge) overlays.add(id, { position: { top: -12, left: 6 }, html: badge(mark) });
  }
}

function badge({ badge: words, state, href }) {
  const element = document.createElement(href ? 'a' : 'div');
  element.className = `app-badge app-badge--${state || 'plain'}`;
  element.textContent = words;
  if (href) element.href = href;
  return element;
}

// Where the case is: an open step inside an open sub-process is the place, not the sub-process.
function openPlace(viewer) {
  const canvas = viewer.get('canvas');
  const isOpen = (element) => !element.waypoints && ['is-overdue', 'is-current', 'is-incident'].some((marker) => canvas.hasMarker(element, marker));
  return viewer.get('elementRegistry').filter(isOpen).sort((one, other) => one.width * one.height - other.width * other.height)[0];
}

// A long diagram shrunk to fit is unreadable, so it opens at a readable size around the place where the case is.
function fit(viewer, holder, openAt) {
  const canvas = viewer.get('canvas');
  canvas.resized();
  const scale = canvas.zoom('fit-viewport', 'auto');
  const smallest = Number(holder.dataset.smallestZoom || 0.55);
  if (scale >= smallest) return;
  canvas.zoom(smallest, 'auto');
  const place = openAt ?? viewer.get('elementRegistry').filter((element) => element.type === 'bpmn:StartEvent')[0];
  const aside = Math.min(220, canvas.getSize().width / 5); // what comes before and after it is of interest too
  if (place) canvas.scrollToElement(place, { top: 60, bottom: 60, left: aside, right: aside });
}
