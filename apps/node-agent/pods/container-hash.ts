import { createHash } from 'node:crypto';
import type { Container } from '@shiplog/domain';

/** Identifies what may change in a running pod's container and then asks for a new one: its image. */
export const containerHash = ({ name, image }: Container): string =>
  createHash('sha256').update(JSON.stringify({ name, image })).digest('hex').slice(0, 8);
