// Stands between the playground and Drawbridge, as the Bot Connector does: the playground sends no token, so each delivery is
// signed here, and Drawbridge checks it as it checks Microsoft's. Nothing of Drawbridge is switched off for it.
import { createServer } from 'node:http';
import { createSign, generateKeyPairSync } from 'node:crypto';

const PORT = Number(process.env.RELAY_PORT ?? 3979);
const BOT = process.env.BOT ?? '0d5a3c1e-7c1a-4a53-9d7e-4f1b6f0c2a11';
const DRAWBRIDGE = process.env.DRAWBRIDGE ?? 'http://127.0.0.1:8080';
const HERE = `http://127.0.0.1:${PORT}`;
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const KEY = { ...publicKey.export({ format: 'jwk' }), kid: 'playground', use: 'sig', endorsements: ['msteams'] };

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function token(serviceUrl) {
  const now = Math.floor(Date.now() / 1000);
  const head = part({ alg: 'RS256', typ: 'JWT', kid: KEY.kid });
  const claims = part({ iss: `${HERE}/issuer`, aud: BOT, serviceurl: serviceUrl, nbf: now - 10, exp: now + 600 });
  const signature = createSign('RSA-SHA256').update(`${head}.${claims}`).sign(privateKey).toString('base64url');
  return `${head}.${claims}.${signature}`;
}

function json(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

async function deliver(request, response) {
  let body = '';
  for await (const chunk of request) body += chunk;
  if (body === '') {
    // The playground looks whether somebody is there.
    json(response, 200, {});
    return;
  }
  const activity = JSON.parse(body);
  const answer = await fetch(`${DRAWBRIDGE}/chat/teams`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token(activity.serviceUrl)}` },
    body,
  });
  const text = await answer.text();
  console.log(`${activity.type} ${activity.name ?? ''} -> ${answer.status}`);
  response
    .writeHead(answer.status, { 'Content-Type': answer.headers.get('content-type') ?? 'application/json' })
    .end(text);
}

createServer((request, response) => {
  const path = new URL(request.url, HERE).pathname;
  if (path === '/openid') json(response, 200, { issuer: `${HERE}/issuer`, jwks_uri: `${HERE}/keys` });
  else if (path === '/keys') json(response, 200, { keys: [KEY] });
  else if (path === '/token') json(response, 200, { token_type: 'Bearer', expires_in: 3600, access_token: 'playground' });
  else if (path === '/messages')
    deliver(request, response).catch((failure) => {
      console.error(failure);
      json(response, 502, {});
    });
  else json(response, 404, {});
}).listen(PORT, '127.0.0.1', () => console.log(`relay on ${HERE}`));
