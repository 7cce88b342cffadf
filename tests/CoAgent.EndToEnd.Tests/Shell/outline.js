// Reads NUL-terminated shell texts; says for each, on one line, what mvdan-sh makes of it: "fault", or its commands and how many of each
// construct there are. The first argument is mvdan-sh's index.js.
const { syntax } = require(process.argv[2]);

const names = {
  Subshell: 'subshell', Block: 'group', IfClause: 'if', WhileClause: 'while', ForClause: 'for', CaseClause: 'case', FuncDecl: 'function',
  TestClause: 'test', ArithmCmd: 'arithmetic', CoprocClause: 'coprocess', CmdSubst: 'substitution', ProcSubst: 'process',
  ParamExp: 'parameter', ArithmExp: 'sum', ExtGlob: 'pattern', Redirect: 'redirection', BinaryCmd: 'link',
};

function outline(text) {
  const parser = syntax.NewParser();
  const source = Buffer.from(text, 'utf8');
  const counts = {};
  const commands = [];
  const spelled = (word) => source.subarray(word.Pos().Offset(), word.End().Offset()).toString('utf8');
  syntax.Walk(parser.Parse(text, 'text'), (node) => {
    if (!node) return true;
    const type = syntax.NodeType(node);
    if (names[type]) counts[names[type]] = (counts[names[type]] || 0) + 1;
    if (type === 'CallExpr' && node.Args.length > 0) commands.push(node.Args.map(spelled));
    return true;
  });
  return { commands, counts };
}

const texts = require('fs').readFileSync(0, 'utf8').split('\0').slice(0, -1);
for (const text of texts) {
  let line = 'fault';
  try {
    line = JSON.stringify(outline(text));
  } catch (fault) {
    // A text that it does not take.
  }
  process.stdout.write(line + '\n');
}
