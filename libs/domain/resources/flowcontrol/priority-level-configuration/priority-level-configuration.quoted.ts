import type { PriorityLevelConfigurationSpec } from '../../../api/generated/types.js';

/** The spec as the reference quotes it in its refusal: every field by its internal name, the absent ones as null. */
export const priorityLevelAsQuoted = ({ type, limited, exempt }: PriorityLevelConfigurationSpec): unknown => ({
  Type: type,
  Limited: limited
    ? {
        NominalConcurrencyShares: limited.nominalConcurrencyShares ?? 0,
        LimitResponse: {
          Type: limited.limitResponse?.type ?? '',
          Queuing: limited.limitResponse?.queuing
            ? {
                Queues: limited.limitResponse.queuing.queues ?? 0,
                HandSize: limited.limitResponse.queuing.handSize ?? 0,
                QueueLengthLimit: limited.limitResponse.queuing.queueLengthLimit ?? 0,
              }
            : null,
        },
        LendablePercent: limited.lendablePercent ?? null,
        BorrowingLimitPercent: limited.borrowingLimitPercent ?? null,
      }
    : null,
  Exempt: exempt
    ? {
        NominalConcurrencyShares: exempt.nominalConcurrencyShares ?? null,
        LendablePercent: exempt.lendablePercent ?? null,
      }
    : null,
});
