/** The clone's folder, whether this file runs from the sources or, one folder deeper, from `dist`. */
const here = new URL('../../', import.meta.url).pathname;

export const PROJECT_ROOT = here.endsWith('/dist/') ? here.slice(0, -'dist/'.length) : here;
