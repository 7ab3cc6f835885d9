// Hands all that comes on to a hub, with a token: the conformance tool sends none.
// Arguments: the hub's address and a token. Prints the port it listens on.
import http from "node:http";

const [hub, token] = process.argv.slice(2);
const { hostname: host, port } = new URL(hub);
const server = http.createServer((asked, answer) => {
  const headers = { ...asked.headers, authorization: `Bearer ${token}` };
  const options = { host, port, path: asked.url, method: asked.method, headers };
  const sent = http.request(options, (got) => {
    answer.writeHead(got.statusCode, got.headers);
    got.pipe(answer);
  });
  sent.on("error", () => answer.destroy());
  answer.on("close", () => sent.destroy());
  asked.pipe(sent);
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
