// A port that nobody uses at the moment.
import net from "node:net";

export const freePort = (): Promise<number> => new Promise((resolve) => {
  const server = net.createServer().listen(0, "127.0.0.1", () => { const { port } = server.address() as net.AddressInfo; server.close(() => { resolve(port); }); });
});
