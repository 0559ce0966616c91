import { table } from './terminal.js';

/** What a newcomer may do next: five commands with what each shows. */
export function whatToTry(address: string | undefined): string {
  const app = address ?? 'http://localhost:8080';
  const rows = [
    ['kubectl get pods -o wide', 'three pods of the example app, and where they run'],
    address === undefined
      ? ['kubectl describe deployment hello', 'the example app as the cluster sees it']
      : [`curl ${app}`, 'the app answers through its Service'],
    ['kubectl delete pod -l app=hello --wait=false', 'it heals itself: kubectl get pods -w'],
    ['npx shiplog history deployment/hello', 'every change of it, by whom and when'],
    ['npx shiplog why deployment/hello', 'what led from a command to the present state'],
  ];
  const lines = table(['', ''], rows).split('\n').slice(1);
  return [
    '',
    'Try:',
    ...lines.map((line) => `  ${line}`),
    '',
    'npm stop stops it, its data stay; npm run reset wipes it.',
  ].join('\n');
}
