using System.Collections.Immutable;
using System.Text.Json;

namespace CoAgent.Workspace.Arguments;

/// <summary>What one tool is called, takes and promises, as agents see it.</summary>
/// <param name="Name">The name that calls use.</param>
/// <param name="Title">The name that people read.</param>
/// <param name="Description">What it does; every word costs the model tokens in each request.</param>
/// <param name="Parameters">The arguments, in the order of the schema.</param>
/// <param name="Hints">The annotations that clients use to decide whether to ask a person.</param>
internal sealed record ToolDefinition(
    string Name, string Title, string Description, ImmutableArray<ToolParameter> Parameters, ToolHints Hints)
{
    private readonly Lazy<JsonElement> _inputSchema = new(() => ToolSchema.Write(Parameters));

    internal JsonElement InputSchema => _inputSchema.Value;
}

/// <summary>The annotations of a tool.</summary>
internal readonly record struct ToolHints(bool ReadOnly, bool Destructive, bool Idempotent, bool OpenWorld)
{
    internal static ToolHints Reads { get; } = new(ReadOnly: true, Destructive: false, Idempotent: true, OpenWorld: false);
}

/// <summary>The kinds of value that arguments have.</summary>
internal enum ParameterKind
{
    Text,
    Integer,
    Number,
    Flag,
}

/// <summary>One argument of a tool: the single source of its schema and of its check.</summary>
/// <remarks>The minimum is the smallest integer allowed, or what a number must be above.</remarks>
internal sealed record ToolParameter(
    string Name, ParameterKind Kind, string Description, bool Required, double? Minimum = null, double? Maximum = null)
{
    internal static ToolParameter Text(string name, string description) =>
        new(name, ParameterKind.Text, description, Required: true);

    internal static ToolParameter OptionalText(string name, string description) =>
        new(name, ParameterKind.Text, description, Required: false);

    internal static ToolParameter OptionalFlag(string name, string description) =>
        new(name, ParameterKind.Flag, description, Required: false);

    internal static ToolParameter OptionalCount(string name, string description) =>
        new(name, ParameterKind.Integer, description, Required: false, Minimum: 1, Maximum: int.MaxValue);
}
