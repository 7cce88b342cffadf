using System.Text.Json.Serialization;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.EndToEnd.Tests.Shell;

/// <summary>What two parsers must agree about: the words of each simple command as written, and how many of each construct there are.</summary>
internal sealed record TreeOutline(
    [property: JsonPropertyName("commands")] List<List<string>> Commands,
    [property: JsonPropertyName("counts")] SortedDictionary<string, int> Counts)
{
    /// <summary>Commands that the other parser has a clause of its own for.</summary>
    private static readonly string[] s_clauses = ["declare", "local", "export", "readonly", "typeset", "nameref", "let"];

    public static TreeOutline Of(ShellScript script)
    {
        var outline = new TreeOutline([], new(StringComparer.Ordinal));
        outline.Take(script.Body, script.Source);
        return outline;
    }

    public override string ToString() =>
        string.Join('\n', Commands.Select(static words => string.Join('·', words)).Order(StringComparer.Ordinal))
        + "\n" + string.Join(' ', Counts.Select(static pair => $"{pair.Key}={pair.Value}"));

    private void Count(string name, int count = 1)
    {
        if (count > 0)
        {
            Counts[name] = Counts.GetValueOrDefault(name) + count;
        }
    }

    private void Take(StatementList list, string source)
    {
        foreach (var statement in list.Statements)
        {
            Count("link", statement.Rest.Length);
            foreach (var pipeline in statement.Rest.Select(static link => link.Pipeline).Prepend(statement.First))
            {
                Count("link", pipeline.Stages.Length - 1);
                pipeline.Stages.ToList().ForEach(stage => Take(stage.Command, source));
            }
        }
    }

    private void Take(Command command, string source)
    {
        foreach (var redirection in command.Redirections)
        {
            Count("redirection");
            Take(redirection.Document?.Body ?? redirection.Target, source);
        }

        switch (command)
        {
            case Command.Simple simple:
                TakeSimple(simple, source);
                break;
            case Command.Group(var body, _, _):
                Count("group");
                Take(body, source);
                break;
            case Command.Subshell(var body, _, _):
                Count("subshell");
                Take(body, source);
                break;
            case Command.If conditional:
                Count("if", conditional.Branches.Length + (conditional.Else is null ? 0 : 1));
                conditional.Branches.ToList().ForEach(branch => TakeAll(source, branch.Condition, branch.Body));
                TakeAll(source, conditional.Else);
                break;
            case Command.While loop:
                Count("while");
                TakeAll(source, loop.Condition, loop.Body);
                break;
            case Command.For loop:
                TakeFor(loop.Words ?? [], loop.Body, source);
                break;
            case Command.ArithmeticFor loop:
                TakeFor(loop.Expressions, loop.Body, source);
                break;
            case Command.Case choice:
                Count("case");
                Take(choice.Subject, source);
                choice.Branches.ToList().ForEach(branch => Take(branch.Patterns, source));
                choice.Branches.ToList().ForEach(branch => Take(branch.Body, source));
                break;
            case Command.Conditional test:
                Count("test");
                Take(test.Test, source);
                break;
            case Command.Arithmetic sum:
                Count("arithmetic");
                Take(sum.Expression, source);
                break;
            case Command.Function function:
                Count("function");
                Take(function.Body, source);
                break;
            case Command.Coprocess coprocess:
                Count("coprocess");
                Take(coprocess.Body, source);
                break;
        }
    }

    private void TakeFor(IEnumerable<Word> words, StatementList body, string source)
    {
        Count("for");
        Take(words, source);
        Take(body, source);
    }

    private void TakeAll(string source, params StatementList?[] lists)
    {
        foreach (var list in lists.OfType<StatementList>())
        {
            Take(list, source);
        }
    }

    private void TakeSimple(Command.Simple simple, string source)
    {
        if (!simple.Words.IsEmpty && !s_clauses.Contains(simple.Words[0].Plain))
        {
            Commands.Add([.. simple.Words.Select(word => source[word.Span.Start..word.Span.End])]);
        }

        Take(simple.Words, source);
        foreach (var assignment in simple.Assignments)
        {
            Take(assignment.Subscript, source);
            Take(assignment.Value, source);
        }
    }

    private void Take(Condition condition, string source)
    {
        switch (condition)
        {
            case Condition.Not(var test):
                Take(test, source);
                break;
            case Condition.Both(var left, var right):
                Take(left, source);
                Take(right, source);
                break;
            case Condition.Either(var left, var right):
                Take(left, source);
                Take(right, source);
                break;
            case Condition.NotEmpty(var word):
                Take(word, source);
                break;
            case Condition.Unary(_, var word):
                Take(word, source);
                break;
            case Condition.Binary(_, var left, var right):
                Take(left, source);
                Take(right, source);
                break;
        }
    }

    private void Take(IEnumerable<Word> words, string source) => words.ToList().ForEach(word => Take(word, source));

    private void Take(Word? word, string source) => Take(word?.Parts ?? [], source);

    private void Take(IEnumerable<WordPart> parts, string source)
    {
        foreach (var part in parts)
        {
            switch (part)
            {
                case WordPart.DoubleQuoted quoted:
                    Take(quoted.Parts, source);
                    break;
                case WordPart.Parameter parameter:
                    Count("parameter");
                    Take(parameter.Expansion.Subscript, source);
                    TakeOperation(parameter.Expansion.Operation, source);
                    break;
                case WordPart.Substitution substitution:
                    Count("substitution");
                    Take(substitution.Body, source);
                    break;
                case WordPart.Process process:
                    Count("process");
                    Take(process.Body, source);
                    break;
                case WordPart.Arithmetic sum:
                    Count("sum");
                    Take(sum.Expression, source);
                    break;
                case WordPart.Alternatives alternatives:
                    alternatives.Choices.ToList().ForEach(choice => Take(choice, source));
                    break;
                case WordPart.ExtendedPattern:
                    // The other parser keeps what stands in one as text.
                    Count("pattern");
                    break;
                case WordPart.ArrayElements array:
                    array.Elements.ToList().ForEach(element => Take(element.Subscript, source));
                    array.Elements.ToList().ForEach(element => Take(element.Value, source));
                    break;
            }
        }
    }

    private void TakeOperation(ParameterOperation operation, string source)
    {
        Word?[] words = operation switch
        {
            ParameterOperation.Fallback fallback => [fallback.Word],
            ParameterOperation.Trim trim => [trim.Pattern],
            ParameterOperation.Replace replace => [replace.Pattern, replace.Replacement],
            ParameterOperation.Substring substring => [substring.Offset, substring.Length],
            ParameterOperation.ChangeCase change => [change.Pattern],
            _ => [],
        };
        Take(words.OfType<Word>(), source);
    }
}
