using System.Globalization;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Shell.Inventory;

/// <summary>The arguments of a shell or function: <c>$1</c> to <c>$9</c> and <c>$@</c>.</summary>
internal static class Positional
{
    private const int Count = 9;

    /// <summary>Those that are known; all are forgotten from the first list of unknown length on.</summary>
    internal static ShellKnowledge Set(ShellKnowledge knowledge, ReadOnlySpan<FieldValue> arguments)
    {
        knowledge = Forget(knowledge);
        var index = 0;
        for (; index < arguments.Length && arguments[index] is FieldValue.Text or FieldValue.Unknown { IsSingle: true } or FieldValue.Stream; index++)
        {
            if (index < Count && arguments[index] is FieldValue.Text text)
            {
                knowledge = knowledge.With(Name(index), new VariableValue.Text(text.Value));
            }
        }

        if (index < arguments.Length)
        {
            return knowledge;
        }

        for (; index < Count; index++)
        {
            knowledge = knowledge.With(Name(index), new VariableValue.Unset());
        }

        var all = new List<string>();
        foreach (var argument in arguments)
        {
            if (argument is not FieldValue.Text text)
            {
                return knowledge;
            }

            all.Add(text.Value);
        }

        return knowledge.With("@", new VariableValue.Elements([.. all]));
    }

    internal static ShellKnowledge Forget(ShellKnowledge knowledge)
    {
        for (var index = 0; index < Count; index++)
        {
            knowledge = knowledge.Forget(Name(index));
        }

        return knowledge.Forget("@");
    }

    /// <summary>After a function: its caller's again.</summary>
    internal static ShellKnowledge Restore(ShellKnowledge after, ShellKnowledge before)
    {
        after = Forget(after);
        for (var index = 0; index < Count; index++)
        {
            after = before.Variables.TryGetValue(Name(index), out var value) ? after.With(Name(index), value) : after;
        }

        return before.Variables.TryGetValue("@", out var all) ? after.With("@", all) : after;
    }

    private static string Name(int index) => (index + 1).ToString(CultureInfo.InvariantCulture);
}
