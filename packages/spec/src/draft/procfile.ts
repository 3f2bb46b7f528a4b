import { type Clues, toCommand } from "./clues.ts";

/** `web` starts the app, `release` runs once a release. https://devcenter.heroku.com/articles/procfile */
export function readProcfile(text: string): Clues {
  const of = (type: string) => {
    const line = new RegExp(`^${type}[ \\t]*:[ \\t]*(.+)$`, "m").exec(text)?.[1];
    const value = line === undefined ? undefined : toCommand(line);
    return value === undefined ? undefined : { value, because: `Procfile, ${type}` };
  };
  const web = of("web");
  const release = of("release");
  return { ...(web === undefined ? {} : { command: web }), ...(release === undefined ? {} : { migrate: release }) };
}
