using CoAgent.ToolSmith.Shell.Evaluation;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Inventory;

internal sealed partial class InventoryWalk
{
    private Flow RunBuiltin(string name, CommandUse use, ShellState state, WalkContext context)
    {
        switch (name)
        {
            case "eval":
                return Evaluate(use, state, context);
            case "command" or "builtin" or "exec":
                return RunOther(name, use, state, context);
            case "source" or ".":
                AddOpaque("what a script does is not in the line", use.Span, state, context);
                return Flow.Both(state.ForgetAll());
            case "enable" or "fc":
                AddOpaque($"{name} changes what commands are", use.Span, state, context);
                return Flow.Both(state.ForgetAll());
        }

        Add(new InventoryItem.Invocation(use.Arguments, use.Assignments, use.Redirections, context.Site(use.Span, state)));
        switch (name)
        {
            case "cd" or "pushd" or "popd":
                return ChangeDirectory(name, use, state);
            case "exit" or "return" or "break" or "continue" or "logout":
                return Flow.Ended;
            case "export" or "declare" or "typeset" or "local" or "readonly":
                return Flow.Both(Declare(name, use, state));
            case "set":
                return Flow.Both(SetOptions(use, state, context));
            case "shopt":
                return Flow.Both(SetShellOptions(use, state, context));
            case "trap":
                return Trap(use, state, context);
            case "shift":
                return Flow.Both(state with { Knowledge = Positional.Forget(state.Knowledge) });
            case "hash" or "complete" or "compgen" or "alias" or "unalias":
                return ChangeMeanings(name, use, state, context);
            case "printf" when use.Arguments is [_, FieldValue.Text { Value: not ['-', ..] }, ..]:
                return Flow.Both(state);
            default:
                return Flow.Both(ForgetNamed(use, state));
        }
    }

    /// <summary>Builtins whose arguments are names of variables that get a value, or lose it.</summary>
    private static ShellState ForgetNamed(CommandUse use, ShellState state)
    {
        foreach (var argument in use.Arguments.AsSpan(1..))
        {
            if (argument is not FieldValue.Text { Value: var text })
            {
                return state.ForgetAll();
            }

            var names = use.Arguments[0] is FieldValue.Text { Value: "let" }
                ? ArithmeticNames.Names(new Word([new WordPart.Literal(text, default)], default))
                : ShellBuiltins.VariableName(text) is { } name ? [name] : [];
            foreach (var each in names)
            {
                state = Forget(state, each);
                state = state.Functions.ContainsKey(each) ? state with { Functions = state.Functions.SetItem(each, null) } : state;
            }
        }

        return state;
    }

    private static Flow ChangeDirectory(string name, CommandUse use, ShellState state)
    {
        var operands = use.Arguments.Skip(1).SkipWhile(static argument => argument is FieldValue.Text { Value: "-L" or "-e" or "--" }).ToList();
        var target = (name, operands) switch
        {
            ("cd", []) => state.Knowledge.Home,
            ("cd" or "pushd", [FieldValue.Text { Value: [not ('-' or '+'), ..] path }]) => path,
            ("cd", [FieldValue.Text { Value: "" }]) => ".",
            _ => null,
        };
        var isSearched = target is not (null or ['/', ..] or ['.'] or ['.', '/', ..] or ['.', '.'] or ['.', '.', '/', ..])
            && state.Knowledge.Variables.GetValueOrDefault("CDPATH") is not (null or VariableValue.Unset or VariableValue.Text { Value: "" });
        var moved = state with
        {
            Directory = target is null || isSearched ? WorkingDirectory.Unknown : state.Directory.Enter(target),
            Knowledge = state.Knowledge.Forget("PWD").Forget("OLDPWD"),
        };
        return new Flow(moved, state);
    }

    /// <summary>Declarations: a value that is known stays so where the attributes let values be as they are.</summary>
    private static ShellState Declare(string name, CommandUse use, ShellState state)
    {
        if (use.Words.IsEmpty || use.Arguments.Any(static argument => argument is FieldValue.Unknown { IsSingle: false } or FieldValue.Pattern)
            && use.Words.Any(static word => word.Parts is not [WordPart.Literal, ..]))
        {
            return state.ForgetAll();
        }

        var (isPlain, isExport, isFixed) = (true, name == "export", name == "readonly");
        foreach (var word in use.Words.Skip(1))
        {
            if (word.Plain is ['-' or '+', ..] option)
            {
                isPlain &= option.AsSpan(1).IndexOfAnyExcept("xrgap") < 0;
                isFixed |= option.Contains('r', StringComparison.Ordinal);
                isExport |= option[0] == '-' && option.Contains('x', StringComparison.Ordinal);
                state = option.Contains('f', StringComparison.Ordinal) ? state with { ExportsFunctions = true } : state;
                continue;
            }

            if (word.Parts is not [WordPart.Literal first, ..] || ShellBuiltins.VariableName(first.Text) is not { } variable)
            {
                return state.ForgetAll();
            }

            state = DeclareOne(variable, word, isPlain, state);
            state = isExport ? state with { Exported = state.Exported.Add(variable) } : state;
            state = isFixed ? state with { Knowledge = Fix(variable, state.Knowledge) } : state;
        }

        return state;
    }

    private static ShellState DeclareOne(string variable, Word word, bool isPlain, ShellState state)
    {
        var first = (WordPart.Literal)word.Parts[0];
        var rest = first.Text[variable.Length..];
        var isPeculiar = !isPlain || rest is not ("" or ['=', ..]) || word.Parts.Any(static part => part is WordPart.ArrayElements);
        if (isPeculiar)
        {
            return state with { Knowledge = state.Knowledge.MakePeculiar(variable) };
        }

        if (rest.Length == 0)
        {
            return word.Parts.Length == 1 ? state : Forget(state, variable);
        }

        var value = new Word(word.Parts.SetItem(0, first with { Text = rest[1..] }), word.Span);
        return state with
        {
            Knowledge = state.Knowledge.With(variable, new WordEvaluator(state.Knowledge).Single(value) is FieldValue.Text text
                ? new VariableValue.Text(text.Value)
                : new VariableValue.Unknown()),
        };
    }

    /// <summary>A fixed variable keeps its value: what is assigned later tells nothing.</summary>
    private static ShellKnowledge Fix(string variable, ShellKnowledge knowledge) =>
        knowledge.Variables.ContainsKey(variable) ? knowledge with { Peculiar = knowledge.Peculiar.Add(variable) } : knowledge;
}
