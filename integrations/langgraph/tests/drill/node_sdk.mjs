// The five calls by npm's SDK; prints what was seen as JSON. Arguments: the address of the store, a
// token.
import { Client } from "@langchain/langgraph-sdk";

const [apiUrl, token] = process.argv.slice(2);
const { store } = new Client({ apiUrl, apiKey: token });
const ann = ["memories", "Ann"];
const seen = {};

seen.put = (await store.putItem(ann, "k/1 é", { text: "likes green tea", n: 1 })) ?? null;
await store.putItem(ann, "k2", { n: 2 }, { index: ["n"], ttl: 60 });
await store.putItem(ann, "k3", { n: 3 }, { index: false });
const item = await store.getItem(ann, "k/1 é", { refreshTtl: false });
seen.item = [item.namespace, item.key, item.value];
seen.dates = item.createdAt === item.created_at && Boolean(item.updatedAt);
seen.missing = await store.getItem(ann, "none");
const found = await store.searchItems(ann, { query: "tea" });
seen.found = found.items.map((one) => [one.key, one.score > 0]);
const filtered = await store.searchItems([], { filter: { n: { $gt: 1 } }, limit: 2, offset: 0 });
seen.filtered = filtered.items.map((one) => one.key);
seen.namespaces = (await store.listNamespaces({ prefix: ["memories"], maxDepth: 2 })).namespaces;
for (const key of ["k/1 é", "k2", "k3", "k3"]) await store.deleteItem(ann, key);
seen.left = (await store.searchItems([])).items;
seen.refused = await store.putItem(ann, "k", [1]).catch((error) => String(error.status));
console.log(JSON.stringify(seen));
