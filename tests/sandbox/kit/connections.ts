// TCP connections under TLS: only the plain socket can be reset, and a TLS socket does not show its own.
import type { Socket } from "node:net";

const open = new Map<string, Socket>();
const ends = (socket: Socket): string => `${socket.localPort ?? 0} ${socket.remoteAddress ?? ""} ${socket.remotePort ?? 0}`;

export function rememberConnection(socket: Socket): void {
  const key = ends(socket);
  open.set(key, socket);
  socket.once("close", () => { open.delete(key); });
}

/** Ends the connection with RST instead of FIN; works for plain and TLS sockets. */
export function resetConnection(socket: Socket): void {
  (open.get(ends(socket)) ?? socket).resetAndDestroy();
}
