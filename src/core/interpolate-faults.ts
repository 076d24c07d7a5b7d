// The sentences for texts whose variables cannot be put in. None of them says what a variable holds.

/** What is wrong with one text, and where: `expression` is the part as it was written. */
export interface InterpolationFault {
  reason:
    | 'UnknownVariable'
    | 'BadInterpolation'
    | 'RequiredVariable'
    | 'BadSecretReference'
    | 'LiteralSecret';
  message: string;
  hint: string;
  expression: string;
}

export function unknown(name: string, expression: string): InterpolationFault {
  return {
    reason: 'UnknownVariable',
    message: `No variable is called ${name} in this source.`,
    hint: `set ${name} under \`variables\` of the source in tinyforge.yaml, write \${${name}:-default}, or $$ for a dollar`,
    expression,
  };
}

export function required(name: string, said: string, expression: string): InterpolationFault {
  const words = said.trim().slice(0, 80);
  return {
    reason: 'RequiredVariable',
    message: `The variable ${name} is needed here and is not set${words === '' ? '' : ` ("${words}")`}.`,
    hint: `set ${name} under \`variables\` of the source in tinyforge.yaml`,
    expression,
  };
}

export function badExpression(expression: string): InterpolationFault {
  return {
    reason: 'BadInterpolation',
    message: 'What stands between `${` and `}` is no name of a variable.',
    hint: 'write ${NAME}, ${NAME:-default}, ${secret:NAME}, or $${…} if the text is meant as it is',
    expression,
  };
}

export function notClosed(expression: string): InterpolationFault {
  return {
    reason: 'BadInterpolation',
    message: 'A `${` is opened and never closed with `}`.',
    hint: 'add the }, or write $${ if the text is meant as it is',
    expression,
  };
}

export function loneDollar(expression: string): InterpolationFault {
  return {
    reason: 'BadInterpolation',
    message: 'A dollar begins a variable, and no name follows this one.',
    hint: 'write $$ for a dollar',
    expression,
  };
}

export function badSecret(expression: string): InterpolationFault {
  return {
    reason: 'BadSecretReference',
    message: 'A secret is named by letters, digits, dots, hyphens and underscores.',
    hint: 'write ${secret:NAME}, as in ${secret:shop-db}',
    expression,
  };
}

export function literalSecret(): InterpolationFault {
  return {
    reason: 'LiteralSecret',
    message: 'The text would hold `${secret:` as plain text, which reads as a reference to a secret.',
    hint: 'write ${secret:NAME} with one dollar for the secret; as plain text it cannot be used',
    expression: '${secret:',
  };
}

export function tooLong(): InterpolationFault {
  return {
    reason: 'BadInterpolation',
    message: 'With its variables put in, this text is longer than 1 MiB.',
    hint: 'use fewer or shorter variables',
    expression: '$',
  };
}
