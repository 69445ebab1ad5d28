// The part of a stand-in that only the sandbox has: reset, clock, faults. Never reachable at the real thing.
import type { BusinessClock } from "./clock.ts";
import type { Call, FaultRule, Faults, Reply } from "./faults.ts";

export interface Control {
  readonly clock: BusinessClock;
  readonly faults: Faults;
  readonly reset: () => void | Promise<void>;
  /** Endpoints of one stand-in alone, by "METHOD path" without "/_sandbox/". */
  readonly more?: Readonly<Record<string, (call: Call) => Reply | Promise<Reply>>>;
}

export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status, headers: { "content-type": "application/json; charset=utf-8", ...headers }, body: JSON.stringify(body),
});

/** Answers /_sandbox/…, or undefined when the call is for the stand-in itself. */
export async function answerControl(control: Control, call: Call): Promise<Reply | undefined> {
  const path = call.url.split("?")[0] ?? "";
  if (!path.startsWith("/_sandbox/")) return undefined;
  try {
    return await answerNamed(control, call, `${call.method} ${path.slice("/_sandbox/".length)}`);
  } catch (error) {
    return json(400, { message: error instanceof Error ? error.message : String(error) });
  }
}

async function answerNamed(control: Control, call: Call, name: string): Promise<Reply> {
  const body = (): Record<string, unknown> => JSON.parse(call.body.toString("utf8") || "{}") as Record<string, unknown>;
  switch (name) {
    case "POST reset": await control.reset(); return json(200, {});
    case "GET clock": return json(200, { now: control.clock.now().toISOString(), offsetMs: control.clock.offsetMs });
    case "POST clock": await control.clock.advance(String(body()["advance"])); return json(200, { now: control.clock.now().toISOString(), offsetMs: control.clock.offsetMs });
    case "POST faults": control.faults.add(body() as unknown as FaultRule); return json(200, {});
    case "DELETE faults": control.faults.clear(); return json(200, {});
    default: {
      const found = control.more?.[name];
      return found === undefined ? json(404, { message: `no sandbox endpoint ${name}` }) : found(call);
    }
  }
}
