using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Inventory;

/// <summary>The variables that arithmetic may change.</summary>
internal static class ArithmeticNames
{
    internal static ShellState Forget(Word expression, ShellState state)
    {
        if (!MayAssign(expression))
        {
            return state;
        }

        if (expression.Parts.Any(static part => part is not WordPart.Literal))
        {
            // What is expanded may be an assignment to any variable.
            return state with { Knowledge = state.Knowledge with { Variables = state.Knowledge.Variables.Clear() } };
        }

        var knowledge = state.Knowledge;
        foreach (var name in Names(expression))
        {
            knowledge = knowledge.Forget(name);
        }

        return state with { Knowledge = knowledge };
    }

    internal static bool MayAssign(Word expression) => expression.Parts.Any(static part => part is not WordPart.Literal { Text: var text }
        || text.Contains('=', StringComparison.Ordinal)
        || text.Contains("++", StringComparison.Ordinal)
        || text.Contains("--", StringComparison.Ordinal));

    internal static IEnumerable<string> Names(Word expression)
    {
        foreach (var text in expression.Parts.OfType<WordPart.Literal>().Select(static part => part.Text))
        {
            for (var at = 0; at < text.Length; at++)
            {
                var start = at;
                while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
                {
                    at++;
                }

                if (at > start)
                {
                    yield return text[start..at];
                }
            }
        }
    }
}
