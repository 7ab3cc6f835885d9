// npm's @modelcontextprotocol/sdk as it is, against the hub's API: prints what it saw as JSON.
// Arguments: the hub's address, an e-mail address and its password, and where there is one the
// address of a document about the client.
import { auth, extractWWWAuthenticateParams } from "@modelcontextprotocol/sdk/client/auth.js";

const [hub, email, password, document] = process.argv.slice(2);
const cookies = new Map();

async function browse(address, form) {
  const headers = { Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
  if (form) headers.Origin = hub;
  const options = { headers, redirect: "manual" };
  if (form) Object.assign(options, { method: "POST", body: new URLSearchParams(form) });
  const answer = await fetch(address, options);
  for (const line of answer.headers.getSetCookie()) {
    const [pair] = line.split(";");
    cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
  }
  return answer;
}

function hidden(text) {
  const main = text.slice(text.indexOf("<main"), text.indexOf("</main>"));
  return [...main.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
    ([, name, value]) => [name, value.replaceAll("&amp;", "&")],
  );
}

async function opened(address) {
  let page = await browse(address);
  while (page.status >= 300 && page.status < 400) {
    address = new URL(page.headers.get("Location"), address).href;
    page = await browse(address);
  }
  const text = await page.text();
  if (!text.includes('name="password"')) return [address, text];
  const sent = await browse(address, [...hidden(text), ["login", email], ["password", password]]);
  return opened(new URL(sent.headers.get("Location"), address).href);
}

async function person(question) {
  const [address, text] = await opened(question);
  const scopes = [...text.matchAll(/name="scope" value="([^"]+)"/g)].map(([, name]) => name);
  const form = [...hidden(text), ["answer", "allow"], ["memories", "everything"]];
  const sent = await browse(address, [...form, ...scopes.map((name) => ["scope", name])]);
  return new URL(sent.headers.get("Location")).searchParams;
}

const kept = {};
const provider = {
  redirectUrl: "http://localhost:3031/callback",
  clientMetadataUrl: document,
  clientMetadata: {
    client_name: "A Node agent",
    redirect_uris: ["http://localhost:3031/callback"],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
  },
  state: () => "a-state",
  clientInformation: () => kept.client,
  saveClientInformation: (client) => void (kept.client = client),
  tokens: () => kept.tokens,
  saveTokens: (tokens) => void (kept.tokens = tokens),
  saveCodeVerifier: (verifier) => void (kept.verifier = verifier),
  codeVerifier: () => kept.verifier,
  redirectToAuthorization: async (address) => void (kept.told = await person(address.href)),
};

const serverUrl = `${hub}/superthread/memories`;
const seen = {};
const asked = () =>
  fetch(serverUrl, { headers: kept.tokens ? { Authorization: `Bearer ${kept.tokens.access_token}` } : {} });
const refused = await asked();
seen.refused = refused.status;
const { resourceMetadataUrl } = extractWWWAuthenticateParams(refused);
seen.begun = await auth(provider, { serverUrl, resourceMetadataUrl });
seen.iss = kept.told.get("iss");
const authorizationCode = kept.told.get("code");
seen.ended = await auth(provider, { serverUrl, resourceMetadataUrl, authorizationCode });
seen.scope = kept.tokens.scope;
seen.client_id = kept.client.client_id;
seen.first = (await asked()).status;
const before = kept.tokens;
seen.again = await auth(provider, { serverUrl, resourceMetadataUrl });
seen.renewed = before.access_token !== kept.tokens.access_token;
seen.after = (await asked()).status;
console.log(JSON.stringify(seen));
