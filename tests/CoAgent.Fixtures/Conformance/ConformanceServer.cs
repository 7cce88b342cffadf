using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace CoAgent.Fixtures.Conformance;

/// <summary>The server that the official conformance suite is run against, in both eras of the protocol.</summary>
internal sealed class ConformanceServer
{
    private static readonly TimeSpan ListLifetime = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, ConformanceTool> tools;
    private readonly ChangeTools changeTools;

    public ConformanceServer(TimeProvider clock)
    {
        changeTools = new ChangeTools(Changes);
        tools = ContentTools.All()
            .Concat(new ConversationTools(clock).All())
            .Concat(new InputRequiredTools(new RequestStateSeal()).All())
            .Concat(changeTools.All())
            .ToDictionary(tool => tool.Name);
        Options = BuildOptions();
    }

    /// <summary>Who is told of changes.</summary>
    public ChangeFeed Changes { get; } = new();

    /// <summary>The handlers and capabilities that every connection shares.</summary>
    public McpServerOptions Options { get; }

    /// <summary>The schema of a tool's arguments, or nothing where there is no such tool.</summary>
    public JsonObject? InputSchemaOf(string tool) =>
        tools.TryGetValue(tool, out var known) ? JsonNode.Parse(known.InputSchema) as JsonObject : null;

    private McpServerOptions BuildOptions() => new()
    {
        ServerInfo = new Implementation { Name = "coagent-conformance-fixture", Version = "1.0.0" },
        ServerInstructions = "Every tool here exists for a test.",
        Capabilities = new ServerCapabilities
        {
            Tools = new ToolsCapability { ListChanged = true },
            Prompts = new PromptsCapability { ListChanged = true },
            Resources = new ResourcesCapability { ListChanged = true, Subscribe = true },
            Completions = new CompletionsCapability(),
        },
        Handlers = new McpServerHandlers
        {
            ListToolsHandler = (_, _) => ValueTask.FromResult(ListTools()),
            CallToolHandler = CallTool,
            ListPromptsHandler = (_, _) => ValueTask.FromResult(Cached(new ListPromptsResult
            {
                Prompts = ConformancePrompts.List(changeTools.HasDynamicPrompt),
            })),
            GetPromptHandler = (context, _) => ValueTask.FromResult(ConformancePrompts.Get(context)),
            ListResourcesHandler = (_, _) => ValueTask.FromResult(Cached(new ListResourcesResult
            {
                Resources = ConformanceResources.List(),
            })),
            ListResourceTemplatesHandler = (_, _) => ValueTask.FromResult(Cached(new ListResourceTemplatesResult
            {
                ResourceTemplates = ConformanceResources.Templates(),
            })),
            ReadResourceHandler = (context, _) => ValueTask.FromResult(Cached(new ReadResourceResult
            {
                Contents = [ConformanceResources.Read(context.Params.Uri)],
            })),
            CompleteHandler = (context, _) => ValueTask.FromResult(Complete(context.Params)),
            SubscribeToResourcesHandler = (context, _) =>
            {
                Changes.Watch(context.Server, context.Params.Uri);
                return ValueTask.FromResult(new EmptyResult());
            },
            UnsubscribeFromResourcesHandler = (context, _) =>
            {
                Changes.Unwatch(context.Server, context.Params.Uri);
                return ValueTask.FromResult(new EmptyResult());
            },
            SubscriptionsListenHandler = new SubscriptionStream(Changes).RunAsync,
        },
    };

    private ListToolsResult ListTools()
    {
        var list = tools.Values.Select(tool => tool.Describe()).ToList();
        if (changeTools.HasDynamicTool)
        {
            list.Add(ConformanceTool.Fixed("test_dynamic_tool", "Comes and goes.").Describe());
        }

        return Cached(new ListToolsResult { Tools = list });
    }

    private ValueTask<CallToolResult> CallTool(
        RequestContext<CallToolRequestParams> context, CancellationToken cancellationToken) =>
        tools.TryGetValue(context.Params.Name, out var tool)
            ? tool.Body(context, cancellationToken)
            : throw new McpProtocolException($"Unknown tool: '{context.Params.Name}'", McpErrorCode.InvalidParams);

    private static CompleteResult Complete(CompleteRequestParams request)
    {
        string[] known = ["paris", "park", "party", "testing"];
        var values = known.Where(word => word.StartsWith(request.Argument.Value, StringComparison.Ordinal)).ToList();
        return new CompleteResult { Completion = new Completion { Values = values, Total = values.Count, HasMore = false } };
    }

    private static T Cached<T>(T result)
        where T : ICacheableResult
    {
        result.TimeToLive = ListLifetime;
        result.CacheScope = CacheScope.Public;
        return result;
    }
}
