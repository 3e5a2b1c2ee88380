// The panel's groups for what is ours: to-dos, sign-off at a gateway, and the guide rules an element carries.
import { SelectEntry, TextFieldEntry, isSelectEntryEdited, isTextFieldEntryEdited } from '@bpmn-io/properties-panel';
import { h } from '@bpmn-io/properties-panel/preact';
import { useService } from 'bpmn-js-properties-panel';
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { readProperty, writeProperty } from './properties.js';
import { toDoGroup, toDosOf } from './to-dos.js';

const SIGN_OFF = [
  { name: 'signOff.role', label: 'Who signs off', choices: 'roles' },
  { name: 'signOff.due', label: 'Due', hint: 'For example =working days(2)' },
  { name: 'signOff.reminder', label: 'Reminder', hint: 'Before it is due, for example =working days(1)' },
  { name: 'signOff.when', label: 'Only when', hint: 'An expression; empty means always' },
  { name: 'signOff.decision', label: 'Decision table that says so', choices: 'decisions' },
  { name: 'signOff.decisionType', label: 'Kind of decision', hint: 'What that table reads as decision_type' },
  { name: 'signOff.fields', label: 'Answers the supervisor may change', hint: 'Names, with commas between them' },
  { name: 'signOff.sendBackTo', label: 'Tasks it may be sent back to', hint: 'Element ids, with commas between them' },
];
const SOURCE = [{ name: 'source', label: 'Guide rules', hint: 'Rule ids from the matrix, with commas between them' }];

function entryFor({ name, label, hint, choices }) {
  return {
    id: `app-${name}`,
    isEdited: choices ? isSelectEntryEdited : isTextFieldEntryEdited,
    component({ element, id }) {
      const services = { modeling: useService('modeling'), bpmnFactory: useService('bpmnFactory') };
      const catalogue = useService('config.catalogue') ?? {};
      return h(choices ? SelectEntry : TextFieldEntry, {
        element,
        id,
        label,
        description: hint,
        debounce: useService('debounceInput'),
        getValue: () => readProperty(element, name),
        setValue: (value) => writeProperty(element, name, value, services),
        getOptions: () => options(catalogue[choices] ?? [], readProperty(element, name)),
      });
    },
  };
}

// A value written elsewhere and unknown here stays choosable, so that opening the panel never loses it.
function options(known, current) {
  const listed = known.some((option) => option.value === current) || !current ? known : [...known, { value: current, label: current }];
  return [{ value: '', label: 'Not set' }, ...listed];
}

class OwnProperties {
  static $inject = ['propertiesPanel'];

  constructor(panel) {
    panel.registerProvider(500, this);
  }

  getGroups(element) {
    return (groups) => {
      if (is(element, 'bpmn:ExclusiveGateway')) {
        groups.splice(1, 0, { id: 'app-sign-off', label: 'Sign-off', shouldOpen: true, entries: SIGN_OFF.map(entryFor) });
      }
      const toDos = toDosOf(element);
      if (toDos.length) groups.splice(1, 0, toDoGroup(toDos));
      if (is(element, 'bpmn:FlowNode')) groups.push({ id: 'app-source', label: 'Source', entries: SOURCE.map(entryFor) });
      return groups;
    };
  }
}

export default { __init__: ['ownProperties'], ownProperties: ['type', OwnProperties] };
