// What the person sees. Words and progress go to stderr; stdout carries the result: text, or with --json one line of JSON. With --yes, or
// without a terminal, nobody is asked: a question without a given answer stops the command and names the option that answers it.
import { confirm, input, password, select } from "@inquirer/prompts";
import { Stop } from "../stop.ts";
import { openProgress, type Progress } from "./progress.ts";

export interface Question { readonly text: string; readonly option: string; readonly suggestion?: string | undefined }
export interface Screen {
  readonly isJson: boolean;
  say(text: string): void;
  /** Text for stdout; kept back when the result is JSON. */
  show(text: string): void;
  progress(title: string): Progress;
  /** Yes or no before something is changed; --yes says yes. */
  confirm(text: string): Promise<void>;
  ask(question: Question): Promise<string>;
  choose(question: Question, choices: readonly { readonly value: string; readonly name: string }[]): Promise<string>;
  askSecret(question: Question): Promise<string>;
  /** A step that somebody else has to do, in words that can be forwarded. */
  request(text: string): void;
}
export interface ScreenOptions {
  readonly isJson: boolean;
  readonly saysYes: boolean;
  readonly isTerminal: boolean;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

export function openScreen(options: ScreenOptions): Screen {
  const say = (text: string): void => { options.err(`${text}\n`); };
  const isAlone = options.saysYes || !options.isTerminal;
  const unanswered = ({ text, option }: Question): Stop => new Stop("answer_needed", { question: text, option });
  return {
    isJson: options.isJson, say,
    show: (text) => { if (!options.isJson) options.out(`${text}\n`); },
    progress: (title) => openProgress(title, { isTerminal: options.isTerminal, say }),
    async confirm(text) {
      if (options.saysYes) return;
      if (!options.isTerminal) throw unanswered({ text, option: "--yes" });
      if (!(await confirm({ message: text, default: false }))) throw new Stop("declined");
    },
    async ask(question) {
      if (!isAlone) return (await input({ message: question.text, ...(question.suggestion === undefined ? {} : { default: question.suggestion }) })).trim();
      if (question.suggestion === undefined) throw unanswered(question);
      return question.suggestion;
    },
    async choose(question, choices) {
      if (!isAlone) return select({ message: question.text, choices: [...choices], ...(question.suggestion === undefined ? {} : { default: question.suggestion }) });
      if (question.suggestion === undefined) throw unanswered(question);
      return question.suggestion;
    },
    async askSecret(question) {
      if (isAlone) throw unanswered(question);
      return password({ message: question.text, mask: "•" });
    },
    request: (text) => { say(`\n── Please forward ──\n${text}\n────────────────────\n`); },
  };
}
