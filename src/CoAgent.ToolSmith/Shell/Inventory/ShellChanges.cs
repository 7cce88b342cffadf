using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Evaluation;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Inventory;

/// <summary>What a piece of a line may change about the shell that runs it, by its text alone: more than it does, never less.</summary>
internal sealed class ShellChanges
{
    private readonly HashSet<string> _names = [];
    private readonly ImmutableDictionary<string, Command?> _functions;
    private readonly HashSet<Command> _taken = new(ReferenceEqualityComparer.Instance);
    private bool _changesAll;
    private bool _changesDirectory;

    private ShellChanges(ImmutableDictionary<string, Command?> functions) => _functions = functions;

    /// <summary>It may end the shell, the function or the round.</summary>
    public bool Ends { get; private set; }

    internal static ShellChanges Of(Command command, ImmutableDictionary<string, Command?> functions)
    {
        var changes = new ShellChanges(functions);
        changes.Take(command);
        return changes;
    }

    internal ShellState Forget(ShellState state)
    {
        if (_changesAll)
        {
            return state.ForgetAll();
        }

        var knowledge = _names.Aggregate(state.Knowledge, static (known, name) => known.Forget(name));
        return state with { Knowledge = knowledge, Directory = _changesDirectory ? WorkingDirectory.Unknown : state.Directory };
    }

    private void Take(StatementList list)
    {
        // What runs in a copy of the shell changes nothing here.
        foreach (var statement in list.Statements.Where(static statement => !statement.IsBackground))
        {
            Take(statement.First);
            foreach (var link in statement.Rest)
            {
                Take(link.Pipeline);
            }
        }
    }

    private void Take(Pipeline pipeline)
    {
        if (pipeline.Stages is [var only])
        {
            Take(only.Command);
        }
    }

    private void Take(Command command)
    {
        foreach (var redirection in command.Redirections)
        {
            Take(redirection.Target);
            if (redirection.Variable is { } variable)
            {
                _names.Add(variable);
            }
        }

        switch (command)
        {
            case Command.Simple simple:
                Take(simple);
                break;
            case Command.Group group:
                Take(group.Body);
                break;
            case Command.If conditional:
                foreach (var branch in conditional.Branches)
                {
                    Take(branch.Condition);
                    Take(branch.Body);
                }

                Take(conditional.Else ?? new StatementList([], default));
                break;
            case Command.While loop:
                Take(loop.Condition);
                Take(loop.Body);
                break;
            case Command.For loop:
                _names.Add(loop.Name);
                Take(loop.Body);
                break;
            case Command.ArithmeticFor loop:
                loop.Expressions.ToList().ForEach(TakeArithmetic);
                Take(loop.Body);
                break;
            case Command.Case choice:
                Take(choice.Subject);
                choice.Branches.ToList().ForEach(branch => Take(branch.Body));
                break;
            case Command.Arithmetic sum:
                TakeArithmetic(sum.Expression);
                break;
            case Command.Function or Command.Coprocess:
                _changesAll = true;
                break;
            case Command.Subshell or Command.Conditional:
                break;
        }
    }

    private void Take(Command.Simple simple)
    {
        foreach (var assignment in simple.Assignments)
        {
            _names.Add(assignment.Name);
            Take(assignment.Value);
        }

        simple.Words.ToList().ForEach(Take);
        var name = simple.Words is [var first, ..] ? first.Plain : "";
        switch (name)
        {
            case null or "eval" or "." or "source" or "set" or "shopt" or "builtin" or "trap" or "enable" or "alias" or "unalias" or "unset":
                _changesAll = true;
                break;
            case "command" when simple.Words is not [_, { Plain: "-v" or "-V" }, ..]:
                _changesAll = true;
                break;
            case "cd" or "pushd" or "popd":
                _changesDirectory = true;
                _names.UnionWith(["PWD", "OLDPWD"]);
                break;
            case "exit" or "return" or "break" or "continue" or "exec" or "logout":
                Ends = true;
                break;
            case "read" or "mapfile" or "readarray" or "printf" or "getopts" or "let" or "wait" or "shift":
            case "declare" or "typeset" or "local" or "export" or "readonly":
                TakeNames(simple.Words, isCertain: name is not "printf" and not "export");
                break;
            default:
                TakeFunction(name);
                break;
        }
    }

    private void TakeFunction(string name)
    {
        if (!_functions.TryGetValue(name, out var body))
        {
            return;
        }

        if (body is null)
        {
            _changesAll = true;
        }
        else if (_taken.Add(body))
        {
            Take(body);
        }
    }

    /// <summary>Arguments that are names of variables, with what is assigned to them.</summary>
    private void TakeNames(ImmutableArray<Word> words, bool isCertain)
    {
        foreach (var word in words.Skip(1))
        {
            if (word.Parts is [WordPart.Literal literal, ..])
            {
                _names.Add(literal.Text.Split('=', '[', '+')[0]);
            }
            else
            {
                _changesAll |= isCertain;
            }
        }

        _names.UnionWith(["@", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    }

    private void Take(Word word)
    {
        foreach (var part in word.Parts)
        {
            Take(part);
        }
    }

    private void Take(WordPart part)
    {
        switch (part)
        {
            case WordPart.DoubleQuoted quoted:
                quoted.Parts.ToList().ForEach(Take);
                break;
            case WordPart.Arithmetic sum:
                TakeArithmetic(sum.Expression);
                break;
            case WordPart.Parameter { Expansion: { Operation: ParameterOperation.Fallback { Sign: '=' } } expansion }:
                _names.Add(expansion.Name);
                break;
            case WordPart.Parameter { Expansion.Operation: not (ParameterOperation.Value or ParameterOperation.Count or ParameterOperation.Trim) }:
                // Words within may assign; rare enough to forget all.
                var within = ((WordPart.Parameter)part).Expansion.Operation;
                _changesAll |= within is ParameterOperation.Fallback { Word.Parts: not [WordPart.Literal] and not [] };
                break;
            case WordPart.Alternatives alternatives:
                alternatives.Choices.ToList().ForEach(choice => choice.ToList().ForEach(Take));
                break;
        }
    }

    private void TakeArithmetic(Word expression)
    {
        if (ArithmeticNames.MayAssign(expression))
        {
            _changesAll |= expression.Parts.Any(static part => part is not WordPart.Literal);
            _names.UnionWith(ArithmeticNames.Names(expression));
        }
    }
}
