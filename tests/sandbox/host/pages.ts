// The three pages the host itself serves: the app, the sign-in, and a stranger's page around the app.
export interface HostUser { readonly key: string; readonly fullname: string; readonly token: string }

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("\"", "&quot;");
const head = (title: string): string => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><link rel="stylesheet" href="/client.css">`;

export const appPage = (fullname: string): string => `${head("Dynamics 365")}</head><body data-user="${escape(fullname)}"><div id="app"></div>
<script src="/libraries/fabric.js"></script><script src="/libraries/react.js"></script><script src="/libraries/react-dom.js"></script><script src="/libraries/fluent.js"></script><script src="/client.js"></script></body></html>`;

export const signInPage = (users: readonly HostUser[], target: string): string => {
  const join = target.includes("?") ? "&" : "?";
  const page = target === "/" ? "/main.aspx?etn=salesorder&pagetype=entitylist" : target;
  return `${head("Sign in")}</head><body class="sign-in"><main><h1>Sign in to the sandbox</h1><ul>${users.map((user) => `<li><a href="${escape(page)}${target === "/" ? "&" : join}as=${user.key}">${escape(user.fullname)} <span>${user.key}</span></a></li>`).join("")}</ul></main></body></html>`;
};

export const foreignPage = (url: string): string => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Another site</title></head><body><h1>Another site</h1><iframe title="Framed app" style="width:100%;height:85vh" src="${escape(url)}"></iframe></body></html>`;
