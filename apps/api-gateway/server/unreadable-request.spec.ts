import { PassThrough } from 'node:stream';
import { refuseUnreadable } from './unreadable-request.js';

const answerTo = (code: string): string => {
  const socket = new PassThrough();
  refuseUnreadable(Object.assign(new Error('Parse Error'), { code }), socket);
  return String(socket.read() ?? '');
};

describe('what is no readable request', () => {
  it.each([
    ['HPE_INVALID_METHOD', 'HTTP/1.1 405 Method Not Allowed', 'MethodNotAllowed'],
    ['HPE_HEADER_OVERFLOW', 'HTTP/1.1 431 Request Header Fields Too Large', 'BadRequest'],
    ['HPE_INVALID_URL', 'HTTP/1.1 400 Bad Request', 'BadRequest'],
  ])('is answered with a Status: %s', (code, line, reason) => {
    const [head = '', body = ''] = answerTo(code).split('\r\n\r\n');
    expect(head.split('\r\n')[0]).toBe(line);
    expect(head).toContain(`content-length: ${Buffer.byteLength(body)}`);
    expect(JSON.parse(body)).toMatchObject({ kind: 'Status', reason });
  });

  it('gets no answer where the client is gone', () => expect(answerTo('ECONNRESET')).toBe(''));
});
