using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace CoAgent.Fixtures.Conformance;

/// <summary>What a tool does when it is called.</summary>
internal delegate ValueTask<CallToolResult> ToolBody(
    RequestContext<CallToolRequestParams> context, CancellationToken cancellationToken);

/// <summary>One tool of the conformance server: what the list says of it and what it does.</summary>
internal sealed record ConformanceTool(string Name, string Description, ToolBody Body)
{
    private const string NoArguments = """{"type":"object","properties":{}}""";

    /// <summary>The JSON Schema of the arguments, as text that is sent as it stands.</summary>
    public string InputSchema { get; init; } = NoArguments;

    /// <summary>The entry in <c>tools/list</c>.</summary>
    public Tool Describe()
    {
        using var schema = JsonDocument.Parse(InputSchema);
        return new Tool { Name = Name, Description = Description, InputSchema = schema.RootElement.Clone() };
    }

    /// <summary>A tool whose answer is always the same.</summary>
    public static ConformanceTool Fixed(string name, string description, params ContentBlock[] content) =>
        new(name, description, (_, _) => ValueTask.FromResult(new CallToolResult { Content = [.. content] }));

    /// <summary>A successful answer of one text block.</summary>
    public static CallToolResult Text(string text) => new() { Content = [new TextContentBlock { Text = text }] };
}
