// What the import of a foreign file left to do, at the element it is about. Marked as done, it leaves the file; "undo" brings it back.
import { h } from '@bpmn-io/properties-panel/preact';
import { useService } from 'bpmn-js-properties-panel';
import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil';
import { dropProperty, propertiesIn } from './properties.js';

const TO_DO = 'todo.';

/** Parts of an element that have no shape of their own. */
function partsOf(element) {
  const own = getBusinessObject(element);
  return [own, own.processRef, own.loopCharacteristics, ...(own.eventDefinitions ?? [])].filter(Boolean);
}

export function toDosOf(element) {
  return partsOf(element).flatMap((part) =>
    propertiesIn(part)
      .filter((property) => property.name?.startsWith(TO_DO))
      .map(({ name, value }) => ({ part, name, value })),
  );
}

function entryFor(toDo, number) {
  return {
    id: `app-to-do-${number}`,
    component({ element }) {
      const services = { modeling: useService('modeling'), bpmnFactory: useService('bpmnFactory') };
      const canvas = useService('canvas');
      const words = `app-to-do-${number}-words`;
      return h('div', { class: 'bio-properties-panel-entry app-to-do' }, [
        h('p', { id: words }, toDo.value),
        h(
          'button',
          {
            type: 'button',
            'aria-describedby': words,
            onClick: () => {
              dropProperty(element, toDo.part, toDo.name, services);
              canvas.focus();
            },
          },
          'This is done',
        ),
      ]);
    },
  };
}

export const toDoGroup = (toDos) => ({
  id: 'app-to-dos',
  label: 'To do, from the file this came from',
  shouldOpen: true,
  entries: toDos.map(entryFor),
});
