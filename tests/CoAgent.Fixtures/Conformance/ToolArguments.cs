using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace CoAgent.Fixtures.Conformance;

/// <summary>Reads the arguments of a call.</summary>
internal static class ToolArguments
{
    /// <summary>A text argument, or <paramref name="absent"/> where it is not given or not a text.</summary>
    public static string Text(RequestContext<CallToolRequestParams> context, string name, string absent) =>
        context.Params.Arguments is { } arguments
        && arguments.TryGetValue(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : absent;
}
