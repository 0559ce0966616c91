/** Replaces `$(NAME)` by its value; `$$(NAME)` stands for a literal `$(NAME)`, and unknown names stay as they are. Pure. */
export const expand = (text: string, valueOf: (name: string) => string | undefined): string =>
  text.replace(/\$\$|\$\(([^)]*)\)/g, (match, name: string | undefined) =>
    name === undefined ? '$' : (valueOf(name) ?? match),
  );
