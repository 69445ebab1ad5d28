// What an impatient platform does to a form, on demand of the address: ?storm=40 draws its controls again every 40 ms, ?autosave=700 saves and
// reads the row again every 700 ms (Dynamics 365: every 30 s when something was changed). The event "sandbox-remount" ends every control and begins it anew.
export interface Storms { readonly redraw: () => void; readonly remount: () => void; readonly autosave: () => Promise<void> }

export function startStorms(storms: Storms): () => void {
  const parameters = new URLSearchParams(location.search);
  const every = (name: string, work: () => void): ReturnType<typeof setInterval> | undefined => { const ms = Number(parameters.get(name) ?? 0); return ms > 0 ? setInterval(() => { count(name); work(); }, ms) : undefined; };
  const timers = [every("storm", storms.redraw), every("autosave", () => { void storms.autosave(); })];
  window.addEventListener("sandbox-remount", storms.remount);
  return () => {
    for (const timer of timers) clearInterval(timer);
    window.removeEventListener("sandbox-remount", storms.remount);
  };
}

/** How often it happened, for whoever wants to wait until it happened often enough. */
function count(name: string): void {
  const { dataset } = document.documentElement;
  dataset[name] = String(Number(dataset[name] ?? 0) + 1);
}
