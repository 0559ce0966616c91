import js from '@eslint/js';
import imports from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

const libraries = ['domain', 'event-store', 'client', 'controller-runtime', 'component-base', 'testing'];
/** Imports point one way (ARCHITECTURE.md): what each project may import of ours. Apps never import apps; only the cli composes them. */
const mayImport = {
  'libs/domain': [],
  'libs/event-store': ['domain', 'component-base'],
  'libs/client': ['domain'],
  'libs/controller-runtime': ['domain', 'client', 'component-base'],
  'libs/component-base': [],
  'libs/testing': ['domain', 'client', 'controller-runtime', 'event-store'],
  'apps/api-gateway': ['domain', 'event-store', 'component-base'],
  'apps/projector': ['domain', 'event-store', 'component-base'],
  'apps/scheduler': ['domain', 'event-store', 'client', 'controller-runtime', 'component-base'],
  'apps/controller-manager': ['domain', 'event-store', 'client', 'controller-runtime', 'component-base'],
  'apps/node-agent': ['domain', 'client', 'controller-runtime', 'component-base'],
  'apps/cli': ['domain', 'event-store', 'client', 'component-base'],
};

const frameworks = [
  '@nestjs/*',
  'typeorm',
  'pg',
  '@nats-io/*',
  'fastify',
  'rxjs',
  'node:fs',
  'node:fs/*',
  'node:net',
  'node:http',
  'node:https',
  'node:child_process',
];

const boundaries = Object.entries(mayImport).map(([project, allowed]) => ({
  files: [`${project}/**/*.ts`],
  ignores: ['**/*.spec.ts', '**/*.int-spec.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: libraries.filter((name) => !allowed.includes(name)).map((name) => `@shiplog/${name}`),
            message: `${project} may import of ours only: ${allowed.join(', ') || 'nothing'} (ARCHITECTURE.md, "Imports point one way").`,
          },
          { group: ['@shiplog/*/*'], message: 'Import a library by its name, and never an app.' },
          // By the applications' names: libs/domain/resources has a folder apps of its own, the API group.
          {
            regex: '(^|/)apps/(api-gateway|cli|controller-manager|node-agent|projector|scheduler)(/|$)',
            message: 'Import a library by its name, and never an app.',
          },
          ...(project === 'libs/domain'
            ? [{ group: frameworks, message: 'libs/domain does no I/O and imports no framework (invariant 7).' }]
            : []),
          ...(project === 'apps/node-agent'
            ? [{ group: ['@nats-io/*'], message: 'The node-agent never sees NATS.' }]
            : []),
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['**/dist/**', '**/generated/**', '**/node_modules/**', 'coverage/**'] },
  js.configs.recommended,
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        performance: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        fetch: 'readonly',
        AbortSignal: 'readonly',
        AbortController: 'readonly',
        URL: 'readonly',
        WebSocket: 'readonly',
      },
    },
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strict],
    plugins: { 'import-x': imports },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      'import-x/no-cycle': ['error', { maxDepth: 6 }],
      complexity: ['warn', 15],
      'max-depth': ['error', 4],
    },
  },
  {
    files: ['**/*.spec.ts', '**/*.int-spec.ts', '**/*.e2e-spec.ts', 'libs/testing/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off', 'import-x/no-cycle': 'off' },
  },
  ...boundaries,
);
