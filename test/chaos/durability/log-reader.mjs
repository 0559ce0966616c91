// The log itself, message by message, with the headers that the store behind the API does not show.
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { contentHash, writeOf } from './content.mjs';

const stream = 'RESOURCES';

/** Everything that the stream holds, in order: { sequence, time, subject, type, uid, hash, write, expected, batch? }; times in ms since 1970. */
export async function readLog({ natsPort, natsPasswords }) {
  const connection = await connect({
    servers: `127.0.0.1:${natsPort}`,
    user: 'api-gateway',
    pass: natsPasswords['api-gateway'],
    inboxPrefix: '_INBOX.api-gateway',
  });
  try {
    const { state } = await (await jetstreamManager(connection)).streams.info(stream);
    const consumer = await jetstream(connection).consumers.get(stream);
    const messages = await consumer.consume();
    const entries = [];
    for await (const message of messages) {
      entries.push(entryOf(message));
      if (message.seq >= state.last_seq) break;
    }
    return entries;
  } finally {
    await connection.close();
  }
}

function entryOf({ seq, subject, headers, data, info }) {
  const object = JSON.parse(Buffer.from(data).toString());
  const batch = headers.get('Nats-Batch-Id');
  return {
    sequence: seq,
    time: Number(info.timestampNanos) / 1e6,
    subject,
    type: headers.get('ce-type').split('.').at(-1),
    uid: object.metadata.uid,
    hash: contentHash(object),
    write: writeOf(object),
    expected: Number(headers.get('Nats-Expected-Last-Subject-Sequence')),
    ...(batch
      ? {
          batch: {
            id: batch,
            sequence: Number(headers.get('Nats-Batch-Sequence')),
            commits: headers.get('Nats-Batch-Commit') === '1',
          },
        }
      : {}),
  };
}
