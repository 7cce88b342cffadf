using System.Reflection;
using System.Text.Json;
using CoAgent.Workspace.Arguments;
using CoAgent.Workspace.Files;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace CoAgent.Workspace;

/// <summary>Speaks MCP for the workspace tools over a pair of streams, one JSON message a line.</summary>
/// <remarks>
/// Serves both eras: a client that sends <c>initialize</c> gets a legacy session, one whose requests carry their protocol version in <c>_meta</c>
/// a modern one. The era is the connection's, settled by its first request: clients of different eras need connections of their own, which
/// may share the tools. Several connections may be served at once.
/// </remarks>
public sealed class WorkspaceServer(WorkspaceTools tools, ILoggerFactory loggers)
{
    /// <summary>The name that the server gives itself; manifests are found by it.</summary>
    public const string Name = "coagent-workspace";

    private const string Instructions =
        "Files and commands of one workspace. Paths are relative to its root and stay inside it. Long answers end with a line that says how to go on.";

    // The list never changes while the program runs.
    private static readonly TimeSpan ListLifetime = TimeSpan.FromHours(1);

    /// <summary>Serves until the input ends or the token is cancelled; either ends the calls that still run.</summary>
    public async Task RunAsync(Stream input, Stream output, CancellationToken cancellationToken)
    {
        await using var transport = new StreamServerTransport(input, output, Name, loggers);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var server = McpServer.Create(transport, Options(), loggers);
        var serving = server.RunAsync(gone.Token);
        await Task.WhenAny(serving, transport.MessageReader.Completion);
        await gone.CancelAsync();
        await serving;
    }

    private McpServerOptions Options() => new()
    {
        ServerInfo = new Implementation { Name = Name, Title = "CoAgent workspace", Version = Version },
        ServerInstructions = Instructions,
        ScopeRequests = false,
        Capabilities = new ServerCapabilities { Tools = new ToolsCapability { ListChanged = false } },
        Handlers = new McpServerHandlers { ListToolsHandler = ListAsync, CallToolHandler = CallAsync },
    };

    private static IEnumerable<KeyValuePair<string, JsonElement>> NoArguments => [];

    private static string Version { get; } =
        typeof(WorkspaceServer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static ValueTask<ListToolsResult> ListAsync(
        RequestContext<ListToolsRequestParams> request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ListToolsResult
        {
            Tools = [.. WorkspaceTools.All.Select(tool => Describe(tool.Definition))],
            TimeToLive = ListLifetime,
            CacheScope = CacheScope.Public,
        });

    private async ValueTask<CallToolResult> CallAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        var call = request.Params;
        if (WorkspaceTools.Find(call.Name) is null)
        {
            throw new McpProtocolException(UnknownTool(call.Name), McpErrorCode.InvalidParams);
        }

        var answer = await tools.CallAsync(call.Name, () => call.Arguments ?? NoArguments, LiveFiles.Instance, cancellationToken);
        return new CallToolResult
        {
            Content = [new TextContentBlock { Text = answer.Text }],
            IsError = answer.IsError,
        };
    }

    /// <summary>What a client is told that names a tool that there is not.</summary>
    internal static string UnknownTool(string name) => $"Unknown tool: '{name}'";

    private static Tool Describe(ToolDefinition tool) => new()
    {
        Name = tool.Name,
        Title = tool.Title,
        Description = tool.Description,
        InputSchema = tool.InputSchema,
        Annotations = new ToolAnnotations
        {
            ReadOnlyHint = tool.Hints.ReadOnly,
            DestructiveHint = tool.Hints.Destructive,
            IdempotentHint = tool.Hints.Idempotent,
            OpenWorldHint = tool.Hints.OpenWorld,
        },
    };
}
