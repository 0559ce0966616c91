import { describeEventStore } from '@shiplog/testing';
import { MemoryEventStore } from './memory-event-store.js';

describeEventStore('MemoryEventStore', () => Promise.resolve(new MemoryEventStore()));
