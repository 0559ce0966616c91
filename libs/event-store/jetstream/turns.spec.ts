import { afterCompany } from './turns.js';

test('who arrives in the turn after next still comes along', async () => {
  const order: string[] = [];
  await new Promise<void>((done) => {
    afterCompany(() => {
      order.push('sent');
      done();
    });
    setImmediate(() => setImmediate(() => order.push('company')));
  });
  expect(order).toEqual(['company', 'sent']);
});
