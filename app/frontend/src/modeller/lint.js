// Hints while drawing. What may be published is decided by the server, which also tries the process.
import StaticResolver from 'bpmnlint/lib/resolver/static-resolver';
import endEventRequired from 'bpmnlint/rules/end-event-required';
import labelRequired from 'bpmnlint/rules/label-required';
import noComplexGateway from 'bpmnlint/rules/no-complex-gateway';
import noDisconnected from 'bpmnlint/rules/no-disconnected';
import noDuplicateFlows from 'bpmnlint/rules/no-duplicate-sequence-flows';
import noGatewayJoinFork from 'bpmnlint/rules/no-gateway-join-fork';
import noImplicitSplit from 'bpmnlint/rules/no-implicit-split';
import startEventRequired from 'bpmnlint/rules/start-event-required';

const BOOK = {
  'end-event-required': endEventRequired,
  'label-required': labelRequired,
  'no-complex-gateway': noComplexGateway,
  'no-disconnected': noDisconnected,
  'no-duplicate-sequence-flows': noDuplicateFlows,
  'no-gateway-join-fork': noGatewayJoinFork,
  'no-implicit-split': noImplicitSplit,
  'start-event-required': startEventRequired,
};

const extension = (node, type) => node.get('extensionElements')?.get('values').find((value) => value.$type === type);
const isTask = (node) => /Task$/.test(node.$type);

const OWN = {
  'task-has-form': () => ({
    check(node, reporter) {
      if (node.$type === 'bpmn:UserTask' && !extension(node, 'zeebe:FormDefinition')) reporter.report(node.id, 'Choose the form of this task');
    },
  }),
  'choice-is-answered': () => ({
    check(node, reporter) {
      if (node.$type !== 'bpmn:ExclusiveGateway') return;
      const flows = node.get('outgoing');
      if (flows.length < 2) return;
      for (const flow of flows) {
        if (flow !== node.get('default') && !flow.get('conditionExpression')) reporter.report(flow.id, 'Say when this way is taken, or make it the default');
      }
      if (!node.get('default')) reporter.report(node.id, 'Make one way the default, for when no condition is true');
    },
  }),
  'condition-only-on-gateway': () => ({
    check(node, reporter) {
      if (isTask(node) && node.get('outgoing').some((flow) => flow.get('conditionExpression'))) reporter.report(node.id, 'Put conditions on a gateway after this task, not on the task');
    },
  }),
};

const cache = {};
const rules = {};
for (const [name, rule] of Object.entries(BOOK)) {
  cache[`rule:bpmnlint/${name}`] = rule;
  rules[name] = 'warn';
}
for (const [name, rule] of Object.entries(OWN)) {
  cache[`rule:bpmnlint-plugin-app/${name}`] = rule;
  rules[`app/${name}`] = 'warn';
}

export default { config: { rules }, resolver: new StaticResolver(cache) };
