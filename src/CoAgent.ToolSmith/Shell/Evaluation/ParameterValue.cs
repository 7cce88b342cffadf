using System.Collections.Immutable;
using System.Globalization;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Evaluation;

/// <summary>What an expansion of a parameter gives.</summary>
internal abstract record ParameterValue
{
    private ParameterValue()
    {
    }

    internal sealed record Text(string Value) : ParameterValue;

    /// <summary>Each element a word of its own when it stands between double quotes.</summary>
    internal sealed record Elements(ImmutableArray<string> Values) : ParameterValue;

    internal sealed record MatchOf(FieldValue.Pattern Pattern) : ParameterValue;

    /// <summary>The word after <c>:-</c> or <c>:+</c> takes its place.</summary>
    internal sealed record Instead(Word Word) : ParameterValue;

    internal sealed record Unknown(string Reason) : ParameterValue;

    /// <summary>Evaluates one expansion.</summary>
    internal static ParameterValue Of(ParameterExpansion expansion, ShellKnowledge knowledge, Func<Word, string?> globOf)
    {
        var isAll = expansion is { Name: "@", Subscript: null } or { Subscript.Plain: "@" };
        var value = knowledge.Of(expansion.Name);
        if (expansion.Subscript is { } subscript && !isAll)
        {
            value = Element(value, subscript);
        }
        else if (value is VariableValue.Elements { Values: var elements } && !isAll)
        {
            value = elements.IsEmpty ? new VariableValue.Unset() : new VariableValue.Text(elements[0]);
        }

        return (isAll, value, expansion.Operation) switch
        {
            (true, VariableValue.Elements all, ParameterOperation.Value) => new Elements(all.Values),
            (true, VariableValue.Elements all, ParameterOperation.Count) => new Text(all.Values.Length.ToString(CultureInfo.InvariantCulture)),
            (true, _, _) => new Unknown($"the elements of {expansion.Name} are not known"),
            (_, VariableValue.MatchOf match, ParameterOperation.Value) => new MatchOf(match.Pattern),
            (_, VariableValue.Text text, var operation) => Applied(text.Value, operation, globOf),
            (_, VariableValue.Unset, ParameterOperation.Value) => new Text(""),
            (_, VariableValue.Unset, ParameterOperation.Fallback { Sign: '-' } fallback) => new Instead(fallback.Word),
            (_, VariableValue.Unset, ParameterOperation.Fallback { Sign: '+' }) => new Text(""),
            _ => new Unknown($"the value of {expansion.Name} is not known"),
        };
    }

    private static VariableValue Element(VariableValue value, Word subscript)
    {
        var isNumber = int.TryParse(subscript.Plain, NumberStyles.None, CultureInfo.InvariantCulture, out var index);
        return value switch
        {
            VariableValue.Elements { Values: var values } when isNumber =>
                index < values.Length ? new VariableValue.Text(values[index]) : new VariableValue.Unset(),
            VariableValue.Text when isNumber && index == 0 => value,
            _ => new VariableValue.Unknown(),
        };
    }

    private static ParameterValue Applied(string value, ParameterOperation operation, Func<Word, string?> globOf)
    {
        switch (operation)
        {
            case ParameterOperation.Value:
                return new Text(value);
            case ParameterOperation.Fallback { Sign: '+' } fallback:
                return value.Length > 0 || !fallback.EmptyIsUnset ? new Instead(fallback.Word) : new Text("");
            case ParameterOperation.Fallback fallback when value.Length > 0 || !fallback.EmptyIsUnset:
                return new Text(value);
            case ParameterOperation.Fallback { Sign: '-' } fallback:
                return new Instead(fallback.Word);
        }

        // How many bytes or characters other text has depends on the locale.
        return !value.All(char.IsAscii) || value.Length > SimplePattern.LengthMax
            ? new Unknown("what is done to the value depends on the locale, or it is long")
            : ParameterEdit.Apply(value, operation, globOf) is { } edited
                ? new Text(edited)
                : new Unknown("what is done to the value is not followed");
    }
}
