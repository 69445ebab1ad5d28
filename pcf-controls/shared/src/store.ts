// A value that a component watches. The whole state is replaced; components render from it and nothing else.
import { useEffect, useState } from "react";

export interface Store<T> {
  get(): T;
  set(change: Partial<T>): void;
  subscribe(listener: () => void): () => void;
}

export function createStore<T extends object>(initial: T): Store<T> {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    set: (change) => { state = { ...state, ...change }; for (const listener of listeners) listener(); },
    subscribe: (listener) => { listeners.add(listener); return () => { listeners.delete(listener); }; },
  };
}

export function useStore<T extends object>(store: Store<T>): T {
  const [state, setState] = useState(store.get());
  useEffect(() => {
    setState(store.get()); // what changed between the first render and now
    return store.subscribe(() => { setState(store.get()); });
  }, [store]);
  return state;
}
