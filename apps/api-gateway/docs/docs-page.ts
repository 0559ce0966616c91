/** The frame of the documentation: a bar with a field for a bearer token above Swagger UI. */
export const docsPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>Shiplog API</title>
    <link rel="icon" href="/docs/favicon-32x32.png" />
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
    <style>
      body { margin: 0; font-family: sans-serif; }
      #session { display: flex; gap: .5rem; align-items: center; padding: .5rem 1rem; background: #f0f4f8; }
      #token { flex: 1; max-width: 40rem; }
      #state { color: #445; }
    </style>
  </head>
  <body>
    <form id="session">
      <label for="token">Bearer token</label>
      <input id="token" type="password" autocomplete="off" placeholder="kubectl create token NAME - not needed with a client certificate" />
      <button>Use</button>
      <span id="state" role="status"></span>
    </form>
    <div id="swagger-ui"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/swagger-ui-standalone-preset.js"></script>
    <script src="/docs/docs.js"></script>
  </body>
</html>
`;

/** Loads the list of groups with the visitor's credentials, and sends them along with what is tried out. */
export const docsScript = `
const token = document.getElementById('token');
const state = document.getElementById('state');
token.value = sessionStorage.getItem('token') ?? '';
const credentials = () => (token.value ? { Authorization: 'Bearer ' + token.value } : {});

async function groups() {
  const answer = await fetch('/openapi/v3', { headers: credentials() });
  if (!answer.ok) throw new Error((await answer.json()).message ?? 'HTTP ' + answer.status);
  const { paths } = await answer.json();
  return Object.entries(paths).map(([name, { serverRelativeURL }]) => ({ name, url: serverRelativeURL }));
}

async function show() {
  try {
    const urls = await groups();
    state.textContent = urls.length + ' API groups';
    SwaggerUIBundle({
      dom_id: '#swagger-ui',
      urls,
      'urls.primaryName': 'api/v1',
      presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
      layout: 'StandaloneLayout',
      docExpansion: 'none',
      defaultModelsExpandDepth: -1,
      validatorUrl: null,
      filter: true,
      tryItOutEnabled: true,
      requestInterceptor: (request) => {
        Object.assign(request.headers, credentials());
        return request;
      },
    });
  } catch (error) {
    state.textContent = 'Not allowed to read the API description: ' + error.message;
  }
}

document.getElementById('session').addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem('token', token.value);
  show();
});
show();
`;
