/** What a person writes in place of the words in our examples. */
const ANSWERS: Readonly<Record<string, string>> = {
  YOUR_EMAIL: 'ops@cloud.example',
  YOUR_ENDPOINT: 'https://cloud.example/v3',
  YOUR_PLUGIN_TYPE: 'my_cloud',
};

/** Each `YOUR_…` filled in; what has no answer of its own becomes a word made of it. */
export const fillIn = (example: string): string =>
  example.replace(/\bYOUR_[A-Z_]+/g, (word) => ANSWERS[word] ?? `my-${word.slice(5).toLowerCase()}`);
