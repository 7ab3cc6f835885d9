// npm's clients as they are, against a hub: prints what it saw as JSON. Arguments: the address of
// the door, a token, and which client: sdk (@modelcontextprotocol/sdk), default or auto
// (@modelcontextprotocol/client, in that mode).
const [door, token, which] = process.argv.slice(2);

const of = (name) => (which === "sdk" ? `@modelcontextprotocol/sdk/client/${name}` : "@modelcontextprotocol/client");
const { Client } = await import(of("index.js"));
const { StreamableHTTPClientTransport } = await import(of("streamableHttp.js"));

const options = which === "auto" ? { versionNegotiation: { mode: "auto" } } : {};
const client = new Client({ name: "drill", version: "1" }, options);
const requestInit = { headers: { Authorization: `Bearer ${token}` } };
const transport = new StreamableHTTPClientTransport(new URL(door), { requestInit });
await client.connect(transport);

const call = (name, args) => client.callTool({ name, arguments: args });
const seen = { revision: client.getNegotiatedProtocolVersion?.() ?? transport.protocolVersion };
seen.server = client.getServerVersion().name;
seen.instructed = client.getInstructions().includes("search_memories");
seen.tools = (await client.listTools()).tools.length;
const content = `Deploys happen on Tuesdays, says ${which}. 배포`;
const { id } = (await call("save_memory", { content })).structuredContent;
const found = await call("search_memories", { query: `deploys ${which}` });
seen.found = found.structuredContent.results[0].id === id;
seen.read = (await call("get_memory", { id })).structuredContent.content === content;
const wrong = await call("get_memory", { id: "nothing" });
seen.error = [wrong.isError, wrong.content[0].text.startsWith("Error")];
const uri = `memory://id/${id}`;
seen.listed = (await client.listResources()).resources.some((one) => one.uri === uri);
seen.resource = (await client.readResource({ uri })).contents[0].text === content;
const { name } = (await client.listPrompts()).prompts[0];
const prompt = await client.getPrompt({ name, arguments: { topic: "tea" } });
seen.prompt = prompt.messages[0].content.text.includes("tea");
if (seen.revision === "2026-07-28") {
  const told = new Promise((resolve) =>
    client.setNotificationHandler("notifications/resources/updated", ({ params }) => resolve(params.uri)),
  );
  const subscription = await client.listen({ resourceSubscriptions: [uri] });
  await call("update_memory", { id, category: "told" });
  seen.told = [(await told) === uri, subscription.honoredFilter.resourceSubscriptions[0] === uri];
  await subscription.close();
}
await client.close();
console.log(JSON.stringify(seen));
