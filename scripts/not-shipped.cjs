// Stands in dist/ for packages that dockerode loads at once and we never use: BuildKit sessions and engines over ssh.
// They are most of what the first write of a command would read.
module.exports = {};
