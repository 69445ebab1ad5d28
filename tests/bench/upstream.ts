// Starts the canned upstream with a certificate of its own.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { issueCertificates } from "../sandbox/kit/certificates.ts";
import { startChild, type Child } from "./child.ts";
import type { SceneMessage, UpstreamMessage } from "./upstream/messages.ts";

export interface UpstreamProcess {
  readonly child: Child<UpstreamMessage>;
  readonly port: number;
  readonly caFile: string;
  /** For what the bench writes; goes with it. */
  readonly folder: string;
  /** Sets the scene, and waits until it stands. */
  set(scene: SceneMessage): Promise<void>;
  stop(): Promise<void>;
}

export async function startUpstream(): Promise<UpstreamProcess> {
  const folder = mkdtempSync(join(tmpdir(), "cybs-bench-"));
  const { caFile, cert, key } = await issueCertificates(folder);
  const tlsFile = join(folder, "tls.json");
  writeFileSync(tlsFile, JSON.stringify({ cert, key }));
  const child = startChild<UpstreamMessage>("upstream/main.ts", { args: [tlsFile] });
  const { port } = await child.next((message): message is Extract<UpstreamMessage, { kind: "listening" }> => message.kind === "listening");
  const set = async (scene: SceneMessage): Promise<void> => {
    const standing = child.next((message): message is Extract<UpstreamMessage, { kind: "set" }> => message.kind === "set");
    child.process.send(scene);
    await standing;
  };
  return { child, port, caFile, folder, set, stop: async () => { await child.stop(); rmSync(folder, { recursive: true, force: true }); } };
}
