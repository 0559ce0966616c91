// The figures of `npm run bench:cluster` as tables. Pure.

const aligned = (rows) => {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => String(row[i]).length)));
  const cell = (value, i) => (i === 0 ? String(value).padEnd(widths[i]) : String(value).padStart(widths[i]));
  return rows.map((row) => row.map(cell).join('   ').trimEnd()).join('\n');
};

const markdown = ([header, ...rows]) =>
  [header, header.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

function results({ nodes, started, idle, running, rolled, killed }) {
  const { p50, p99 } = running?.podReadyMs ?? {};
  return [
    ['what', 'seconds', 'cores in use', ''],
    [`${nodes} nodes Ready, from nothing`, started.seconds, '', ''],
    ['idle, heartbeats on', idle.seconds, idle.cores, ''],
    ...(running
      ? [
          [
            `${running.replicas} pods Running`,
            running.seconds,
            running.cores,
            `${running.podsPerSecond} pods/s, p50 ${p50} ms, p99 ${p99} ms`,
          ],
        ]
      : []),
    ...(rolled
      ? [
          [
            `${rolled.replicas} replicas rolled`,
            rolled.seconds,
            rolled.cores,
            `${rolled.podsPerSecond} pods/s, never fewer than ${rolled.fewestReady} Ready`,
          ],
        ]
      : []),
    ...(killed
      ? [
          [
            `${killed.nodes} nodes fail, ${killed.pods} pods replaced`,
            killed.seconds,
            killed.cores,
            `noticed after ${killed.noticedSeconds} s; pods tolerate it for ${killed.tolerationSeconds} s`,
          ],
          ['they come back, lost pods cleared away', killed.back.seconds, killed.back.cores, ''],
        ]
      : []),
  ];
}

function processes({ idle, running }) {
  const share = (name) => `${Math.round((idle.cpuSeconds[name] / idle.seconds) * 1000) / 10} %`;
  return [
    ['process', 'idle CPU', 'MiB', 'CPU s while pods start'],
    ...Object.keys(idle.cpuSeconds).map((name) => [
      name,
      share(name),
      idle.memoryMiB[name],
      running?.cpuSeconds[name] ?? '',
    ]),
  ];
}

const head = ({ command, commit, machine, loadBefore }) =>
  `\`${command}\`, commit ${commit}; ${machine}; load average before it ${loadBefore}.`;

export const forTerminal = (report) => [aligned(results(report)), aligned(processes(report))].join('\n\n');

export const asMarkdown = (report) =>
  `${[head(report), markdown(results(report)), markdown(processes(report))].join('\n\n')}\n`;
