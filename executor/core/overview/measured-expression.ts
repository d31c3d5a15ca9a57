/**
 * What a rule measures: its expression without the comparison that makes an alert of it. Rules that people wrote by hand are
 * read in the same way, so their services have a plot as well.
 */

const QUOTES: readonly string[] = ['"', "'", '`'];
const OPENING = '([{';
const CLOSING = ')]}';
const COMPARISON = /^([<>]|==|!=)/;

/** The left side of the first comparison outside of all brackets; undefined where there is none. */
export function measuredExpression(expression: string): string | undefined {
  let depth = 0;
  let quote = '';
  for (let index = 0; index < expression.length; index += 1) {
    const character = expression.charAt(index);
    if (quote !== '') {
      if (character === '\\' && quote !== '`') index += 1;
      else if (character === quote) quote = '';
    } else if (QUOTES.includes(character)) quote = character;
    else if (OPENING.includes(character)) depth += 1;
    else if (CLOSING.includes(character)) depth -= 1;
    else if (depth === 0 && COMPARISON.test(expression.slice(index)))
      return wholeOperand(expression.slice(0, index));
  }
  return undefined;
}

/** `and`, `or` and `unless` bind weaker than a comparison: what stands before them is no part of its left side. */
function wholeOperand(text: string): string | undefined {
  const operand = text.trim();
  return operand === '' || /(^|[\s)])(and|or|unless)[\s(]/i.test(withoutBrackets(operand))
    ? undefined
    : operand;
}

function withoutBrackets(text: string): string {
  let depth = 0;
  return Array.from(text)
    .filter((character) => {
      if (OPENING.includes(character)) depth += 1;
      if (CLOSING.includes(character)) depth -= 1;
      return depth === 0 || OPENING.includes(character);
    })
    .join('');
}
