import type { Namespace } from '@shiplog/domain';
import { namespaces } from '@shiplog/client';
import { defineController, type Controller } from '@shiplog/controller-runtime';
import type { ObjectGraph } from '../../object-graph/object-graph.js';
import { planNamespace, type NamespaceWorld } from './namespace.plan.js';

/** Empties namespaces that are deleted, and lets them go. */
export const namespaceController = (graph: ObjectGraph): Controller<Namespace, NamespaceWorld> =>
  defineController({
    name: 'namespace-controller',
    reconciles: namespaces,
    marks: (mark) =>
      graph.onChange(({ object, isGone, cause }) => {
        if (isGone && object.namespace) mark(object.namespace, cause);
      }),
    observe: (namespace) => ({ namespace, contents: graph.inNamespace(namespace.metadata.name ?? '') }),
    decide: planNamespace,
  });
