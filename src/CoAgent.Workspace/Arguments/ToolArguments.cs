using System.Collections.Immutable;
using System.Text.Json;

namespace CoAgent.Workspace.Arguments;

/// <summary>The arguments of one call, checked against the tool's parameters.</summary>
internal sealed class ToolArguments
{
    private readonly Dictionary<string, object> _values;

    private ToolArguments(Dictionary<string, object> values) => _values = values;

    internal string Text(string name) => (string)_values[name];

    internal string? OptionalText(string name) => (string?)_values.GetValueOrDefault(name);

    internal bool Flag(string name) => (bool?)_values.GetValueOrDefault(name) ?? false;

    internal int? OptionalInteger(string name) => (int?)_values.GetValueOrDefault(name);

    internal double? OptionalNumber(string name) => (double?)_values.GetValueOrDefault(name);

    /// <summary>Checks the arguments; a fault is told with the argument's name and what it should be.</summary>
    internal static ToolArguments Check(ToolDefinition tool, IEnumerable<KeyValuePair<string, JsonElement>> members)
    {
        var values = new Dictionary<string, object>();
        foreach (var (name, value) in members)
        {
            var parameter = tool.Parameters.FirstOrDefault(parameter => parameter.Name == name)
                ?? throw new CallRefusedException(Unknown(tool, name));
            values[parameter.Name] = Convert(tool, parameter, value);
        }

        if (tool.Parameters.FirstOrDefault(p => p.Required && !values.ContainsKey(p.Name)) is { } missing)
        {
            throw new CallRefusedException(
                $"{tool.Name} needs the argument '{missing.Name}' ({ToolSchema.TypeOf(missing.Kind)}): {missing.Description}");
        }

        return new ToolArguments(values);
    }

    /// <summary>The members of an arguments object; none when the call has no arguments.</summary>
    internal static IEnumerable<KeyValuePair<string, JsonElement>> MembersOf(JsonElement arguments) => arguments.ValueKind switch
    {
        JsonValueKind.Undefined => [],
        JsonValueKind.Object => arguments.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, member.Value)),
        _ => throw new CallRefusedException("The arguments of a call are one JSON object."),
    };

    private static string Unknown(ToolDefinition tool, string name) =>
        $"{tool.Name} has no argument '{name}'; it takes {string.Join(", ", tool.Parameters.Select(p => p.Name))}.";

    private static object Convert(ToolDefinition tool, ToolParameter parameter, JsonElement value) =>
        (parameter.Kind, value.ValueKind) switch
        {
            (ParameterKind.Text, JsonValueKind.String) => ReadText(tool, parameter, value),
            (ParameterKind.Flag, JsonValueKind.True) => true,
            (ParameterKind.Flag, JsonValueKind.False) => false,
            (ParameterKind.Number, JsonValueKind.Number) => InRange(tool, parameter, value.GetDouble()),
            (ParameterKind.Integer, JsonValueKind.Number) when double.IsInteger(value.GetDouble()) =>
                (int)InRange(tool, parameter, value.GetDouble()),
            _ => throw new CallRefusedException($"The argument '{parameter.Name}' of {tool.Name} is not of type "
                + $"{ToolSchema.TypeOf(parameter.Kind)}: {parameter.Description}"),
        };

    private static string ReadText(ToolDefinition tool, ToolParameter parameter, JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // The JSON escapes half of a surrogate pair, which no UTF-8 file or name can hold.
            throw new CallRefusedException(
                $"The argument '{parameter.Name}' of {tool.Name} holds half of a surrogate pair, which is not text.");
        }
    }

    private static double InRange(ToolDefinition tool, ToolParameter parameter, double number)
    {
        var exclusive = parameter.Kind == ParameterKind.Number;
        var tooSmall = exclusive ? number <= parameter.Minimum : number < parameter.Minimum;
        if (tooSmall || number > parameter.Maximum)
        {
            throw new CallRefusedException($"The argument '{parameter.Name}' of {tool.Name} must be "
                + $"{(exclusive ? "more than" : "at least")} {parameter.Minimum} and at most {parameter.Maximum}.");
        }

        return number;
    }
}
