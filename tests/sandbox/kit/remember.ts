/**
 * The same answers as `work`, a pure function of a text whose answers nobody changes, but a text that comes again is not worked on again.
 * At most `most` texts are known; then it begins anew. What `work` throws is thrown each time.
 */
export function remembering<Answer extends object>(most: number, work: (text: string) => Answer): (text: string) => Answer {
  const known = new Map<string, Answer>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = work(text);
    if (known.size >= most) known.clear();
    known.set(text, made);
    return made;
  };
}
