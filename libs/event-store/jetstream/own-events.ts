import type { NewResourceEvent } from '@shiplog/domain';

const atMost = 4_096;

/** What this process appends, until its feeds bring it back: it need not be read from the message again. */
export class OwnEvents {
  private readonly byId = new Map<string, NewResourceEvent>();

  add(event: NewResourceEvent): void {
    if (event.object === undefined) return;
    this.byId.set(event.context.id, event);
    if (this.byId.size <= atMost) return;
    // Whose event came back to nobody: this process does not follow its stream, or has heard of it from a snapshot.
    const [oldest] = this.byId.keys();
    if (oldest !== undefined) this.byId.delete(oldest);
  }

  /** It did not happen, or nobody knows whether it did. */
  forget(id: string): void {
    this.byId.delete(id);
  }

  take(id: string): NewResourceEvent | undefined {
    const event = this.byId.get(id);
    if (event) this.byId.delete(id);
    return event;
  }
}
