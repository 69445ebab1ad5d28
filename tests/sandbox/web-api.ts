// A few lines of Dataverse Web API for whoever sets the sandbox up: the way an admin's script would do it, as the system administrator.
export interface WebApi {
  create(entitySet: string, row: Record<string, unknown>): Promise<string>;
  find(path: string): Promise<readonly Record<string, unknown>[]>;
  send(method: string, path: string, body?: unknown): Promise<void>;
}

/** Throws with Dataverse's own words when it refuses. `url` is the plain-http side of the stand-in. */
export function createWebApi(url: string, token: string): WebApi {
  const call = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const response = await fetch(`${url}/api/data/v9.2/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, accept: "application/json", "content-type": "application/json", "odata-version": "4.0" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  return {
    create: async (entitySet, row) => {
      const response = await call("POST", entitySet, row);
      return /\(([0-9a-f-]{36})\)/.exec(response.headers.get("odata-entityid") ?? "")?.[1] ?? "";
    },
    find: async (path) => ((await (await call("GET", path)).json()) as { value: Record<string, unknown>[] }).value,
    send: async (method, path, body) => { await (await call(method, path, body)).arrayBuffer(); },
  };
}
