using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace CoAgent.Fixtures.Conformance;

/// <summary>The tools that change what the server offers, so that clients are told.</summary>
internal sealed class ChangeTools(ChangeFeed changes)
{
    private int toolChangeCount;
    private int promptChangeCount;

    /// <summary>Every second change takes the dynamic tool away again.</summary>
    public bool HasDynamicTool => Volatile.Read(ref toolChangeCount) % 2 == 1;

    public bool HasDynamicPrompt => Volatile.Read(ref promptChangeCount) % 2 == 1;

    public IEnumerable<ConformanceTool> All() =>
    [
        new("test_trigger_tool_change", "Adds or removes a tool.", async (_, cancellationToken) =>
        {
            Interlocked.Increment(ref toolChangeCount);
            return await TellAsync(new(NotificationMethods.ToolListChangedNotification), cancellationToken);
        }),
        new("test_trigger_prompt_change", "Adds or removes a prompt.", async (_, cancellationToken) =>
        {
            Interlocked.Increment(ref promptChangeCount);
            return await TellAsync(new(NotificationMethods.PromptListChangedNotification), cancellationToken);
        }),
        new("test_trigger_resource_list_change", "Says that the list of resources changed.", (_, cancellationToken) =>
            TellAsync(new(NotificationMethods.ResourceListChangedNotification), cancellationToken)),
        new("test_trigger_resource_change", "Says that a resource changed.", TellResourceAsync)
        {
            InputSchema = """{"type":"object","properties":{"uri":{"type":"string"}}}""",
        },
    ];

    private ValueTask<CallToolResult> TellResourceAsync(
        RequestContext<CallToolRequestParams> context, CancellationToken cancellationToken)
    {
        var uri = ToolArguments.Text(context, "uri", "test://watched-resource");
        return TellAsync(new(NotificationMethods.ResourceUpdatedNotification, uri), cancellationToken);
    }

    private async ValueTask<CallToolResult> TellAsync(OfferChange change, CancellationToken cancellationToken)
    {
        await changes.PublishAsync(change, cancellationToken);
        return ConformanceTool.Text("changed");
    }
}
