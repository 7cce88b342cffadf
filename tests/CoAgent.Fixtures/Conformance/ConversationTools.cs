using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace CoAgent.Fixtures.Conformance;

/// <summary>The tools that talk to the client while they run: logs, progress, sampling, elicitation.</summary>
internal sealed class ConversationTools(TimeProvider clock)
{
    private static readonly TimeSpan StepPause = TimeSpan.FromMilliseconds(50);

    public IEnumerable<ConformanceTool> All() =>
    [
        new("test_tool_with_logging", "Logs three messages while it runs.", LogThreeTimesAsync),
        new("test_logging_tool", "Logs one message if the request asked for logs.", LogIfAskedAsync),
        new("test_tool_with_progress", "Reports progress three times.", ReportProgressAsync),
        new("test_sampling", "Asks the client's model.", SampleAsync)
        {
            InputSchema = """{"type":"object","properties":{"prompt":{"type":"string"}},"required":["prompt"]}""",
        },
        new("test_elicitation", "Asks the client's user.", ElicitAsync)
        {
            InputSchema = """{"type":"object","properties":{"message":{"type":"string"}},"required":["message"]}""",
        },
        new("test_elicitation_sep1034_defaults", "Asks the user with default values.",
            (context, cancellationToken) => AskAsync(context, ElicitationForms.Defaults(), cancellationToken)),
        new("test_elicitation_sep1330_enums", "Asks the user with every kind of choice.",
            (context, cancellationToken) => AskAsync(context, ElicitationForms.Choices(), cancellationToken)),
        new("test_streaming_elicitation", "Answers on a stream that carries no request.",
            (_, _) => ValueTask.FromResult(ConformanceTool.Text("no request was sent on this stream"))),
        new("test_missing_capability", "Needs the client's sampling capability.", NeedSamplingAsync),
    ];

    private async ValueTask<CallToolResult> LogThreeTimesAsync(
        RequestContext<CallToolRequestParams> context, CancellationToken cancellationToken)
    {
        await LogAsync(context, "Tool execution started", cancellationToken);
        await PauseAsync(cancellationToken);
        await LogAsync(context, "Tool processing data", cancellationToken);
        await PauseAsync(cancellationToken);
        await LogAsync(context, "Tool execution completed", cancellationToken);
        return ConformanceTool.Text("Logged three messages.");
    }

    private static async ValueTask<CallToolResult> LogIfAskedAsync(
        RequestContext<CallToolRequestParams> context, CancellationToken cancellationToken)
    {
        var asked = context.Params.Meta?.ContainsKey("io.modelcontextprotocol/logLevel") == true;
        if (asked)
        {
            await LogAsync(context, "One message.", cancellationToken);
        }

        return ConformanceTool.Text(asked ? "Logged one message." : "The request asked for no logs.");
    }

    private async ValueTask<CallToolResult> ReportProgressAsync(
        RequestContext<CallToolRequestParams> context, CancellationToken cancellationToken)
    {
        foreach (var progress in (float[])[0, 50, 100])
        {
            if (context.Params.ProgressToken is { } token)
            {
                await context.Server.NotifyProgressAsync(
                    token,
                    new ProgressNotificationValue { Progress = progress, Total = 100 },
                    cancellationToken: cancellationToken);
            }

            await PauseAsync(cancellationToken);
        }

        return ConformanceTool.Text("Reported progress three times.");
    }

    private static async ValueTask<CallToolResult> SampleAsync(
        RequestContext<CallToolRequestParams> context, CancellationToken cancellationToken)
    {
        var answer = await context.Server.SampleAsync(
            SamplingRequests.Ask(ToolArguments.Text(context, "prompt", "no prompt"), tokensMax: 100),
            cancellationToken);
        return ConformanceTool.Text("LLM response: " + SamplingRequests.TextOf(answer));
    }

    private static ValueTask<CallToolResult> ElicitAsync(
        RequestContext<CallToolRequestParams> context, CancellationToken cancellationToken)
    {
        var form = ElicitationForms.UserAndEmail(ToolArguments.Text(context, "message", "Who are you?"));
        return AskAsync(context, form, cancellationToken);
    }

    private static async ValueTask<CallToolResult> AskAsync(
        RequestContext<CallToolRequestParams> context, ElicitRequestParams form, CancellationToken cancellationToken)
    {
        var answer = await context.Server.ElicitAsync(form, cancellationToken);
        var content = JsonSerializer.Serialize(answer.Content, McpJsonUtilities.DefaultOptions);
        return ConformanceTool.Text($"Elicitation completed: action={answer.Action}, content={content}");
    }

    private static ValueTask<CallToolResult> NeedSamplingAsync(
        RequestContext<CallToolRequestParams> context, CancellationToken cancellationToken) =>
        context.Server.ClientCapabilities?.Sampling is null
            ? throw new MissingRequiredClientCapabilityException(
                new ClientCapabilities { Sampling = new SamplingCapability() },
                "This tool needs the sampling capability; declare it in the request's clientCapabilities.")
            : ValueTask.FromResult(ConformanceTool.Text("The client declared sampling."));

    private static Task LogAsync(
        RequestContext<CallToolRequestParams> context, string message, CancellationToken cancellationToken) =>
        context.Server.SendNotificationAsync(
            NotificationMethods.LoggingMessageNotification,
            new LoggingMessageNotificationParams
            {
                Level = LoggingLevel.Info,
                Logger = "conformance",
                Data = JsonSerializer.SerializeToElement(message),
            },
            McpJsonUtilities.DefaultOptions,
            cancellationToken);

    private Task PauseAsync(CancellationToken cancellationToken) => Task.Delay(StepPause, clock, cancellationToken);
}
