// Reads and writes <zeebe:properties> of an element; one command per change, so that one "undo" takes one change back.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';

const propertiesOf = (extension) => extension?.get('values').find((value) => is(value, 'zeebe:Properties'));

export function readProperty(element, name) {
  const properties = propertiesOf(getBusinessObject(element).get('extensionElements'));
  return properties?.get('properties').find((property) => property.name === name)?.value ?? '';
}

export function writeProperty(element, name, value, { modeling, bpmnFactory }) {
  const businessObject = getBusinessObject(element);
  const before = businessObject.get('extensionElements');
  const kept = (propertiesOf(before)?.get('properties') ?? []).filter((property) => property.name !== name);
  const pairs = kept.map((property) => [property.name, property.value]);
  if (value) pairs.push([name, String(value)]);

  const extension = bpmnFactory.create('bpmn:ExtensionElements', {});
  extension.$parent = businessObject;
  const values = (before?.get('values') ?? []).filter((item) => !is(item, 'zeebe:Properties'));
  if (pairs.length) values.push(build(pairs, extension, bpmnFactory));
  extension.values = values;
  modeling.updateProperties(element, { extensionElements: values.length ? extension : undefined });
}

function build(pairs, parent, bpmnFactory) {
  const properties = bpmnFactory.create('zeebe:Properties', {});
  properties.$parent = parent;
  properties.properties = pairs.map(([name, value]) => {
    const property = bpmnFactory.create('zeebe:Property', { name, value });
    property.$parent = properties;
    return property;
  });
  return properties;
}
