// Reads and writes <zeebe:properties> of an element; one command per change, so that one "undo" takes one change back.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';

const holderIn = (extension) => extension?.get('values').find((value) => is(value, 'zeebe:Properties'));

/** [{name, value}] of an element of the file, which need not have a shape. */
export const propertiesIn = (node) => holderIn(node.get('extensionElements'))?.get('properties') ?? [];

export function readProperty(element, name) {
  return propertiesIn(getBusinessObject(element)).find((property) => property.name === name)?.value ?? '';
}

export function writeProperty(element, name, value, services) {
  const node = getBusinessObject(element);
  const pairs = pairsWithout(node, name);
  if (value) pairs.push([name, String(value)]);
  write(element, node, pairs, services);
}

/** `node` is the element's own part of the file, or a part of it without a shape. */
export function dropProperty(element, node, name, services) {
  write(element, node, pairsWithout(node, name), services);
}

const pairsWithout = (node, name) =>
  propertiesIn(node)
    .filter((property) => property.name !== name)
    .map((property) => [property.name, property.value]);

function write(element, node, pairs, { modeling, bpmnFactory }) {
  const extension = bpmnFactory.create('bpmn:ExtensionElements', {});
  extension.$parent = node;
  const values = (node.get('extensionElements')?.get('values') ?? []).filter((item) => !is(item, 'zeebe:Properties'));
  if (pairs.length) values.push(build(pairs, extension, bpmnFactory));
  extension.values = values;
  modeling.updateModdleProperties(element, node, { extensionElements: values.length ? extension : undefined });
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
