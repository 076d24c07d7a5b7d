// Stands in dist/ for `require('process')`, which the yaml package asks at each word of a text whether LOG_TOKENS is set.
// Each such question goes to the system: a twentieth of the time in which a thousand manifests are validated. Here it is
// asked once, when it starts.
const { LOG_STREAM, LOG_TOKENS } = process.env;
module.exports = Object.create(process, { env: { value: { LOG_STREAM, LOG_TOKENS } } });
