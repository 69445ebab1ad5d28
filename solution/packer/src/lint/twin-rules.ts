// Every form, app and site map has a managed twin, and for our own components the twin is the same file.
// Without the twin Microsoft's packer leaves the form out of the managed zip.
import { matching, readText } from "../source-tree.ts";
import type { SolutionModel } from "../solution-model.ts";
import { isTwin, twinOf } from "../twins.ts";
import { type Finding, findings } from "./finding.ts";

const TWINNED = /^(Entities\/[^/]+\/FormXml\/[^/]+\/[^/]+|AppModules\/[^/]+\/[^/]+|AppModuleSiteMaps\/[^/]+\/[^/]+)\.xml$/;

export function formsHaveTwins({ tree }: SolutionModel): Finding[] {
  const say = findings("forms-have-twins");
  const paths = matching(tree, TWINNED);
  return paths.flatMap((path) => {
    if (isTwin(path)) {
      const plain = path.replace("_managed.xml", ".xml");
      return paths.includes(plain) ? [] : [say(path, `It has no ${plain}. Add that file or remove the twin.`)];
    }
    if (!paths.includes(twinOf(path))) return [say(path, `It has no managed twin and would be missing from the managed package. Copy it to ${twinOf(path)}.`)];
    return readText(tree, path) === readText(tree, twinOf(path)) ? [] : [say(twinOf(path), `It differs from ${path}. Copy the file again: the forms are ours in both packages.`)];
  });
}
