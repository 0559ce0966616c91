import { PassingMap } from '@shiplog/component-base';
import type { NewResourceEvent } from '@shiplog/domain';
import { idOfBlock } from '../log/event-headers.js';
import { startsWith } from '../log/header-block.js';
import type { LogMessage } from '../log/stored-event.js';

const atMost = 4_096;

/** A message as the log brings it, its headers not yet read. */
export interface ArrivedMessage {
  readonly subject: string;
  readonly block: Buffer;
  readonly body: Uint8Array;
}

interface OwnEvent {
  readonly event: NewResourceEvent;
  readonly message: LogMessage;
}

/** What this process appends, until its feeds bring it back: it need not be read from the message again. */
export class OwnEvents {
  private readonly byId = new PassingMap<string, OwnEvent>();

  add(event: NewResourceEvent, message: LogMessage): void {
    if (event.object === undefined) return;
    this.byId.set(event.context.id, { event, message });
    if (this.byId.size <= atMost) return;
    // Whose event came back to nobody: this process does not follow its stream, or has heard of it from a snapshot.
    const [oldest] = this.byId.keys();
    if (oldest !== undefined) this.byId.take(oldest);
  }

  /** It did not happen, or nobody knows whether it did. */
  forget(id: string): void {
    this.byId.take(id);
  }

  /** The event that this message was made of; undefined unless it is byte for byte the message that this process published. */
  take(arrived: ArrivedMessage): NewResourceEvent | undefined {
    const id = idOfBlock(arrived.block);
    const own = id === undefined ? undefined : this.byId.take(id);
    return own && isSame(own.message, arrived) ? own.event : undefined;
  }
}

/** A message of a batch has more headers, behind those it was published with. */
const isSame = ({ subject, headers, body }: LogMessage, arrived: ArrivedMessage): boolean =>
  subject === arrived.subject && startsWith(arrived.block, headers) && Buffer.compare(body, arrived.body) === 0;
