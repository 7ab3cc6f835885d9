// npm's client as it is, against a hub: prints what it saw as JSON. Arguments: the address of the
// door and a token.
import { MemoryClient } from "mem0ai";

const [host, apiKey] = process.argv.slice(2);
const client = new MemoryClient({ apiKey, host });
const ann = "ann/node";
const mine = { filters: { user_id: ann } };
const failed = (call) => call.then(() => "", (error) => String(error.message ?? error));
const seen = {};

const added = await client.add([{ role: "user", content: "I like green tea. 녹차" }], { userId: ann, metadata: { isCalm: true } });
const one = added.results[0].id;
seen.add = [added.inferred, added.results[0].memory];
const two = (await client.add("Coffee", { userId: ann })).results[0].id;
const read = await client.get(one);
seen.get = [read.userId, read.metadata];
const listed = await client.getAll({ ...mine, page: 1, pageSize: 1 });
seen.getAll = [listed.count, listed.results.length];
seen.search = (await client.search("green tea", mine)).results.map((each) => each.id === one);
seen.update = (await client.update(one, { text: "I like black tea." })).memory;
seen.history = (await client.history(one)).map((each) => [each.event, each.newMemory]);
seen.batchUpdate = (await client.batchUpdate([{ memoryId: two, text: "Milk" }])).message;
seen.feedback = (await client.feedback({ memoryId: two, feedback: "POSITIVE" })).message;
seen.users = (await client.users()).results.map((each) => [each.type, each.name]);
seen.deleteAllOfNobody = await failed(client.deleteAll());
seen.kept = (await client.getAll(mine)).count;
seen.export = await failed(client.createMemoryExport({ schema: {}, ...mine }));
seen.batchDelete = (await client.batchDelete([two])).message;
seen.delete = (await client.delete(one)).message;
await client.add("Water", { userId: ann });
seen.deleteAll = (await client.deleteAll({ userId: ann })).deletedCount;
await client.add("Water", { userId: ann });
seen.deleteUsers = Boolean((await client.deleteUsers({ userId: ann })).message);
seen.left = (await client.getAll(mine)).count;
console.log(JSON.stringify(seen));
process.exit(0);
